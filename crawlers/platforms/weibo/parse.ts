/**
 * 微博: answers of m.weibo.cn and weibo.com/ajax (statuses, one status, a profile, a long text), the detail page's
 * script data, and the markup of weibo.cn and of pages saved from a browser. Statuses are found wherever they stand
 * in an answer, because their place differs from interface to interface and from year to year.
 */
import type { AccountInput } from '../../../core/model/post.ts';
import { contactStrings } from '../../extract/contacts.ts';
import { readDumps, wholeAssigned } from '../../extract/js-literal.ts';
import { richText } from '../../extract/rich-text.ts';
import { at, gather, num, str } from '../../extract/tree.ts';
import { makePost } from '../define.ts';
import { stateOf } from '../states.ts';
import type { PageInput, Reading } from '../types.ts';
import { readLite } from './lite.ts';
import { isStatus, weiboPost, weiboUser } from './status.ts';

const isProfile = (value: unknown): boolean => (str(value, 'screen_name') ?? '') !== '' && (str(value, 'idstr') ?? str(value, 'id')) !== undefined;

/** The account an answer is about: its profile, or the one author of all its posts. */
function accountOf(answers: readonly unknown[], authors: readonly (AccountInput | undefined)[]): AccountInput | null {
  const profile = answers.map((a) => at(a, 'data', 'userInfo') ?? at(a, 'data', 'user') ?? at(a, 'userInfo')).find(isProfile);
  if (profile !== undefined) return weiboUser(profile);
  const first = authors[0];
  return first?.id && authors.every((a) => a?.id === first.id) ? first : null;
}

/** An answer that holds the long form of one status and nothing else. */
function longText(page: PageInput, answers: readonly unknown[]): Reading | null {
  const found = answers.map((a) => str(a, 'data', 'longTextContent') ?? str(a, 'longTextContent')).find((t) => t !== undefined);
  if (found === undefined) return null;
  const id = /[?&]id=(\w{8,20})/.exec(page.url ?? '')?.[1];
  const text = richText(found);
  const post = makePost({ id, platform: 'weibo', text, url: id ? `https://m.weibo.cn/detail/${id}` : undefined, contacts: contactStrings(text) });
  return post ? { posts: [post], level: 'detail' } : null;
}

function readAnswers(page: PageInput, answers: readonly unknown[]): Reading {
  const posts = gather(answers, isStatus)
    .map((status) => weiboPost(status, page.fetchedAt ?? null))
    .filter((p) => p !== null);
  const account = accountOf(
    answers,
    posts.map((p) => p.account),
  );
  if (posts.length === 0) {
    const long = account ? null : longText(page, answers);
    if (long) return long;
    const said = answers.map((a) => str(a, 'msg') ?? str(a, 'message')).find((t) => t !== undefined);
    const state = account ? null : stateOf(said);
    if (state) return state.status === 'empty_state' ? { empty: true, reason: state.reason, level: 'list' } : state;
    // A profile may stand alone; a list of cards without statuses says itself that there are none.
    return { account, level: account ? 'account' : 'list', reason: said ?? null };
  }
  const one = posts.length === 1 ? posts[0] : undefined;
  // A status that is gone keeps its number, loses its author, and says so in place of its words.
  const gone = one && one.account === undefined ? stateOf(/^(?:抱歉，|该微博|此微博)/.test(one.text ?? '') ? one.text : undefined) : null;
  if (gone) return { ...gone, account, posts: [] };
  const links = posts.filter((p) => p['shortened'] === true && p.url).map((p) => ({ url: p.url ?? '', kind: 'post' as const }));
  return { account, posts, links, level: one && answers.every((a) => num(a, 'data', 'cardlistInfo', 'total') === undefined) ? 'detail' : 'list' };
}

/** Reads an answer, a dump of answers, a detail page, or markup. */
export function readWeibo(page: PageInput): Reading {
  if (!page.html.trimStart().startsWith('<')) return readAnswers(page, readDumps(page.html));
  const data = wholeAssigned(page.html, '$render_data');
  const reading = data === undefined ? null : readAnswers(page, [data]);
  return reading && (reading.posts?.length || reading.status) ? reading : readLite(page);
}
