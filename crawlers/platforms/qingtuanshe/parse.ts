/** 青团社: part-time posts of the list interface, with the company, its certification label and the introduction. */
import { contactStrings } from '../../extract/contacts.ts';
import { absolute } from '../../extract/html.ts';
import { readDump } from '../../extract/js-literal.ts';
import { at, list, str } from '../../extract/tree.ts';
import { makeAccount, makePost } from '../define.ts';
import type { PageInput, Reading } from '../types.ts';

const labelsOf = (job: unknown, group: string): string[] =>
  list(job, 'labelList', group)
    .map((l) => str(l, 'labelName'))
    .filter((l) => l !== undefined);

function entry(job: unknown) {
  const company = str(job, 'companyName');
  const certified = labelsOf(job, 'serviceLabels');
  const labels = labelsOf(job, 'descLabels');
  const introduced = list(job, 'jobIntroduction').map((part) => [str(part, 'title'), str(part, 'introductionDesc')].filter(Boolean).join('：'));
  // A list entry has no body; what it tells applicants is its labels, benefits and introduction.
  const text = [str(job, 'newJobIntroduction'), ...introduced, str(job, 'jobDesc'), str(job, 'welfare'), labels.join('、')].filter(Boolean).join('\n');
  const id = str(job, 'partJobId');
  return makePost({
    id,
    platform: 'qingtuanshe',
    title: str(job, 'title'),
    company,
    salary: str(job, 'salary'),
    location: str(job, 'addressDetail'),
    text: text || undefined,
    settlement: str(job, 'clearingForm', 'value'),
    labels,
    images: list(job, 'jobPicture')
      .map((p) => absolute(str(p, 'picture'), null))
      .filter((url) => url !== undefined),
    contacts: contactStrings(text),
    account:
      makeAccount({
        name: company ?? str(job, 'brandName'),
        subjectName: company,
        alias: str(job, 'brandName'),
        subjectType: str(job, 'companyType', 'value') === '个人' ? 'individual' : undefined,
        subjectKind: str(job, 'companyType', 'value'),
        verified: certified.some((l) => l.includes('认证')),
      }) ?? undefined,
  });
}

/** Reads the list interface, as answered or as a saved array. */
export function readQingtuanshe(page: PageInput): Reading {
  const dump = readDump(page.html);
  const entries = Array.isArray(dump) ? (dump as readonly unknown[]) : list(at(dump, 'data', 'results') ?? at(dump, 'data', 'list'));
  const posts = entries.map(entry).filter((p) => p !== null);
  return { posts, level: 'list', empty: entries.length === 0 && dump !== undefined };
}
