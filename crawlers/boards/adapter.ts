/** Makes an adapter of a board's declaration, which then crawls, parses and is judged like any written one. */
import { contactStrings } from '../extract/contacts.ts';
import { readTime } from '../extract/times.ts';
import { definePlatform, makeAccount, makePost } from '../platforms/define.ts';
import { platformById } from '../platforms/registry.ts';
import type { PageInput, PageLink, PlatformAdapter, Reading, Wall } from '../platforms/types.ts';
import { type Board, boardSchema } from './schema.ts';
import { addressesOf, allTexts, type Elements, firstText, openPage, type Page } from './select.ts';

const MAX_ITEMS = 500;
const WALLS = ['captcha', 'login_wall'] as const;
const GONE = ['deleted', 'removed_by_platform', 'expired', 'unavailable'] as const;
type Fields = Board['list']['fields'];
type Post = NonNullable<ReturnType<typeof makePost>>;

/** The element a state's selector names, when it says something. */
function said(page: Page, selector: string | undefined): string | null {
  if (!selector) return null;
  const found = page.find(selector);
  return found.length > 0 ? found.first().text().replace(/\s+/g, ' ').trim().slice(0, 200) || selector : null;
}

const accountOf = (board: Board, page: Page, company: string | undefined) => {
  const rules = board.post?.account ?? {};
  const take = (name: keyof typeof rules): string | undefined => firstText(page, rules[name]);
  const [url] = addressesOf(page, rules.url);
  const told = {
    id: take('id'),
    name: take('name'),
    description: take('description'),
    subjectName: take('subjectName'),
    uscc: take('uscc'),
    category: take('category'),
    licenceNo: take('licenceNo'),
    url,
  };
  return makeAccount({ ...told, name: told.name ?? company, subjectName: told.subjectName ?? company });
};

function postOf(board: Board, page: Page, of: { fields: Fields; within?: Elements; url: string | undefined; input: PageInput; whole: boolean }): Post | null {
  const { fields, within, url, input } = of;
  const take = (name: keyof Fields): string | undefined => firstText(page, fields[name], within);
  const company = take('company');
  const text = take('text');
  const account = of.whole ? accountOf(board, page, company) : makeAccount({ name: company, subjectName: company });
  return makePost({
    id: take('id') ?? url,
    platform: board.id,
    title: take('title'),
    company,
    salary: take('salary'),
    location: take('location'),
    text,
    sex: take('sex'),
    age: take('age'),
    education: take('education'),
    experience: take('experience'),
    headcount: take('headcount'),
    welfare: fields.welfare ? allTexts(page, fields.welfare, within) : [],
    publishedAt: readTime(take('publishedAt'), input.fetchedAt ?? null),
    validUntil: readTime(take('validUntil'), null),
    images: addressesOf(page, fields.images, within),
    url,
    contacts: contactStrings(text ?? ''),
    account: account ?? undefined,
  });
}

function readList(board: Board, page: Page, input: PageInput): Reading {
  const { list } = board;
  const posts: Post[] = [];
  const links: PageLink[] = [];
  for (const el of page.find(list.item).toArray().slice(0, MAX_ITEMS)) {
    const within = page.$(el);
    // An item may itself be the link.
    const [inner] = addressesOf(page, list.link, within);
    const [own] = inner || !list.link || !within.is(list.link.select) ? [] : addressesOf({ ...page, find: () => within }, list.link);
    const url = inner ?? own;
    if (url) links.push({ url, kind: 'post' });
    const post = postOf(board, page, { fields: list.fields, within, url, input, whole: false });
    if (post) posts.push(post);
  }
  const next = addressesOf(page, list.next).slice(0, 1);
  const nothing = list.empty !== undefined && page.find(list.empty).length > 0;
  return { posts, level: 'list', empty: nothing, links: [...links, ...next.map((url): PageLink => ({ url, kind: 'list' }))] };
}

function read(board: Board, input: PageInput): Reading {
  const page = openPage(input.html, input.url);
  for (const status of GONE) {
    const reason = said(page, board.states[status]);
    if (reason) return { status, reason };
  }
  if (board.post) {
    const post = postOf(board, page, { fields: board.post.fields, url: input.url ?? undefined, input, whole: true });
    // A post's page may show a list of similar ones; a list's page has no text of its own.
    if (post?.title && (post.text || post.images?.length)) return { account: post.account ?? null, posts: [post], level: 'detail' };
  }
  return readList(board, page, input);
}

function wallOf(board: Board, input: PageInput): Wall | null {
  if (!WALLS.some((status) => board.states[status])) return null;
  const page = openPage(input.html, input.url);
  for (const status of WALLS) {
    const reason = said(page, board.states[status]);
    if (reason) return { status, reason };
  }
  return null;
}

/** The adapter of a board. */
export function boardAdapter(board: Board): PlatformAdapter {
  const start = new URL(board.start);
  return definePlatform({
    id: board.id,
    name: { zh: board.name.zh, en: board.name.en ?? board.id },
    hosts: [...new Set([start.host, ...board.hosts])],
    imageHosts: [],
    politeness: { floorDelayMs: board.delayMs },
    access: 'public',
    render: board.render,
    wholeLists: board.list.link === undefined || board.list.fields.text !== undefined,
    required: ['title'],
    can: {},
    keeps: { account: ['url'], post: ['experience', 'welfare'] },
    sniff: () => false,
    kindOf: (url) => (url.href === start.href ? 'list' : 'post'),
    wall: (input) => wallOf(board, input),
    read: (input) => read(board, input),
  });
}

/**
 * The adapter of a source: the one it declares itself, else the built-in one of its platform.
 * @throws PinchaError PLATFORM_UNKNOWN naming the known ones
 */
export const adapterOfSource = (source: { readonly platform: string; readonly board: Readonly<Record<string, unknown>> | null }): PlatformAdapter =>
  source.board ? boardAdapter(boardSchema.parse(source.board)) : platformById(source.platform);
