/** 拉勾: cards of the home and list pages, the mobile search array, and the detail page. */
import { contactStrings } from '../../extract/contacts.ts';
import { absolute, loadHtml, nodeText, scriptBodies, textOf } from '../../extract/html.ts';
import { readDumps } from '../../extract/js-literal.ts';
import { readTime } from '../../extract/times.ts';
import { at, gather, isTree, parseJson, str } from '../../extract/tree.ts';
import { makeAccount, makePost } from '../define.ts';
import { stateOfAnswer } from '../states.ts';
import type { PageInput, Reading } from '../types.ts';

const SITE = 'https://www.lagou.com/';

function readEntries(page: PageInput, entries: readonly unknown[]): Reading {
  const posts = entries
    .map((job) => {
      const id = str(job, 'positionId');
      const company = str(job, 'companyFullName') ?? str(job, 'companyName');
      return makePost({
        id,
        platform: 'lagou',
        title: str(job, 'positionName'),
        company,
        salary: str(job, 'salary'),
        location: [str(job, 'city'), str(job, 'district')].filter(Boolean).join(' '),
        education: str(job, 'education'),
        experience: str(job, 'workYear'),
        publishedAt: readTime(str(job, 'createTime'), page.fetchedAt ?? null),
        publishedText: str(job, 'createTime'),
        text: str(job, 'positionDetail') ? textOf(str(job, 'positionDetail') ?? '') : undefined,
        contacts: contactStrings(textOf(str(job, 'positionDetail') ?? '')),
        url: id ? `${SITE}jobs/${id}.html` : undefined,
        account: makeAccount({ id: str(job, 'companyId'), name: str(job, 'companyName') ?? company, subjectName: str(job, 'companyFullName') }) ?? undefined,
      });
    })
    .filter((p) => p !== null);
  return { posts, level: 'list', empty: entries.length === 0, links: posts.flatMap((p) => (p.url ? [{ url: p.url, kind: 'post' as const }] : [])) };
}

function readCards(page: PageInput, $: ReturnType<typeof loadHtml>): Reading {
  const posts = $('li.position_list_item, li.con_list_item')
    .toArray()
    .map((card) => {
      const data = (name: string): string | undefined => $(card).attr(`data-${name}`)?.trim() || undefined;
      const textAt = (selector: string): string => nodeText($(card).find(selector).first().toArray());
      const written = textAt('.create-time, .format-time').replace(/[[\]\s]|发布/g, '');
      const facts = $(card)
        .find('.position_main_info span')
        .toArray()
        .map((s) => nodeText([s]));
      // The list of a search has salary, experience and degree in one line.
      const [experience, education] = facts.length > 0 ? facts : (textAt('.li_b_l').match(/经验\S*|(?<=\/ ?)\S+$/g) ?? []);
      const company = data('company') ?? textAt('.company_name a');
      return makePost({
        id: data('positionid'),
        platform: 'lagou',
        title: data('positionname') ?? textAt('.position_link'),
        company,
        salary: data('salary') ?? textAt('.salary'),
        location: textAt('.position_link .add em, .add em'),
        experience,
        education,
        publishedAt: readTime(written, page.fetchedAt ?? null),
        publishedText: written,
        url: absolute($(card).find('a.position_link').attr('href'), page.url ?? SITE),
        account: makeAccount({ id: data('companyid'), name: company }) ?? undefined,
      });
    })
    .filter((p) => p !== null);
  return {
    posts,
    // The words for an empty list stand hidden on every list page, and a script puts the entries there: they prove nothing.
    level: 'list',
    links: posts.flatMap((p) => (p.url ? [{ url: p.url, kind: 'post' as const }] : [])),
  };
}

function readDetail(page: PageInput, $: ReturnType<typeof loadHtml>): Reading {
  const textAt = (selector: string): string => nodeText($(selector).first().toArray());
  const company = textAt('.job_company .fl-cn, .job_company_content .fl') || textAt('.company');
  const account = makeAccount({ name: company });
  const text = textAt('.job_bt .job-detail') || textAt('.job-detail');
  const post = makePost({
    id: /\/jobs\/(\d+)\.html/.exec(page.url ?? '')?.[1],
    platform: 'lagou',
    title: textAt('.job-name .name') || $('.job-name').attr('title'),
    company,
    salary: textAt('.job_request .salary'),
    location: textAt('.work_addr'),
    text,
    publishedAt: readTime(textAt('.publish_time').replace(/发布.*$/, ''), page.fetchedAt ?? null),
    url: page.url ?? undefined,
    contacts: contactStrings(text),
    account: account ?? undefined,
  });
  const closed = /该职位已(下线|关闭)|职位已下线/.exec(textAt('.job-name, .position-head'))?.[0];
  return { account, posts: post ? [post] : [], level: 'detail', ...(closed ? { status: 'expired' as const, reason: closed } : {}) };
}

/** A post, whatever answer it stands in. */
const isEntry = (value: unknown): boolean => isTree(value) && str(value, 'positionId') !== undefined && str(value, 'positionName') !== undefined;

/** Reads cards, a search array or answer, or a detail page. */
export function readLagou(page: PageInput): Reading {
  if (!page.html.trimStart().startsWith('<')) {
    const dumps = readDumps(page.html);
    const entries = gather(dumps, isEntry);
    const refused = entries.length === 0 ? stateOfAnswer(dumps) : null;
    if (refused) return refused;
    const none = dumps.some((d) => (Array.isArray(d) && d.length === 0) || at(d, 'content') !== undefined);
    return { ...readEntries(page, entries), empty: entries.length === 0 && none };
  }
  // Pages of 2021 and later hold their answer in a script.
  const stated = scriptBodies(page.html, /id=["']__NEXT_DATA__["']/).flatMap((body) => gather(parseJson(body.trim()), isEntry));
  if (stated.length > 0) {
    const asked = /\/(?:jobs|wn\/jobs)\/(\d+)\.html/.exec(page.url ?? '')?.[1];
    const own = stated.find((job) => str(job, 'positionId') === asked) ?? (stated.length === 1 ? stated[0] : undefined);
    const read = readEntries(page, own === undefined ? stated : [own]);
    return own === undefined ? read : { ...read, account: read.posts?.[0]?.account ?? null, level: 'detail', links: [] };
  }
  const $ = loadHtml(page.html);
  return $('.job-detail, .job_bt').length > 0 ? readDetail(page, $) : readCards(page, $);
}
