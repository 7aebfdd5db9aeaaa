/** 青团社: part-time posts of the list interface, with the company, its certification label and the introduction. */
import { contactStrings } from '../../extract/contacts.ts';
import { absolute } from '../../extract/html.ts';
import { readDumps } from '../../extract/js-literal.ts';
import { at, gather, isTree, list, str } from '../../extract/tree.ts';
import { makeAccount, makePost } from '../define.ts';
import { stateOf } from '../states.ts';
import type { PageInput, Reading } from '../types.ts';

const labelsOf = (job: unknown, group: string): string[] =>
  list(job, 'labelList', group)
    .map((l) => str(l, 'labelName'))
    .filter((l) => l !== undefined);

function entry(job: unknown) {
  const company = str(job, 'companyName') ?? str(job, 'company', 'name') ?? str(job, 'company', 'companyName');
  const certified = labelsOf(job, 'serviceLabels');
  const labels = labelsOf(job, 'descLabels');
  const introduced = list(job, 'jobIntroduction').map((part) => [str(part, 'title'), str(part, 'introductionDesc')].filter(Boolean).join('：'));
  // A list entry has no body; what it tells applicants is its labels, benefits and introduction.
  const text = [str(job, 'newJobIntroduction'), ...introduced, str(job, 'jobDesc'), str(job, 'jobDetail'), str(job, 'welfare'), labels.join('、')]
    .filter(Boolean)
    .join('\n');
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
  const dumps = readDumps(page.html);
  const entries = gather(dumps, (v) => isTree(v) && str(v, 'partJobId') !== undefined && str(v, 'title') !== undefined);
  const posts = entries.map(entry).filter((p) => p !== null);
  const said = dumps.map((d) => str(d, 'errMsg') ?? str(d, 'msg')).find((m) => m !== undefined);
  const state = entries.length === 0 && dumps.every((d) => at(d, 'success') !== true) ? stateOf(said) : null;
  if (state) return state;
  const listed = dumps.some((d) => Array.isArray(d) || Array.isArray(at(d, 'data', 'results') ?? at(d, 'data', 'list')));
  return { posts, level: 'list', empty: entries.length === 0 && listed };
}
