/**
 * Turns a platform's declaration into an adapter whose `parse` is total: walls are judged first, then the
 * platform's state pages, then the fields; missing required fields are `parse_drift`, and only a page that says
 * itself that it has nothing is `empty_state`.
 */
import { reasonOf } from '../../core/errors.ts';
import { LACKING, type ParsedPage, type ParseStatus } from '../../core/model/capture.ts';
import { type Keeper, keeper } from '../../core/model/kept.ts';
import {
  ACCOUNT_SIZES,
  type AccountInput,
  accountInputSchema,
  LIST_SIZES,
  MAX_TEXT,
  POST_SIZES,
  type PostInput,
  postInputSchema,
} from '../../core/model/post.ts';
import { MAX_PAGE, titleOf } from '../extract/html.ts';
import { unwrapped } from '../extract/unwrap.ts';
import type { PageInput, PageLink, PlatformAdapter, PlatformSpec, Reading, RequiredField, Wall } from './types.ts';

const MAX_POSTS = 2_000;
const MAX_LINKS = 2_000;

/** Adapters cut a text where the store cuts it, long before the schema would refuse it. */
const LIMITS: Readonly<Record<string, number>> = { ...ACCOUNT_SIZES, ...POST_SIZES, text: MAX_TEXT };

/** Leaves out what is empty and cuts what is longer than the shape allows. */
function compact(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)) continue;
    out[name] = typeof value === 'string' ? value.slice(0, LIMITS[name] ?? MAX_TEXT) : value;
  }
  return out;
}

/** A post in the shape of 4.2 from what a page says; an empty one is null. */
export function makePost(fields: PostInput): PostInput | null {
  const post = compact(fields);
  if (typeof fields.text === 'string' && fields.text.length > MAX_TEXT) post.textCut = true;
  if (fields.images) post.images = fields.images.filter((u) => u.length <= LIST_SIZES.images.each).slice(0, LIST_SIZES.images.items);
  if (fields.contacts) post.contacts = fields.contacts.slice(0, LIST_SIZES.contacts.items).map((c) => c.slice(0, LIST_SIZES.contacts.each));
  const checked = postInputSchema.safeParse(compact(post));
  return checked.success ? checked.data : null;
}

/** An account in the shape of 4.2; null when the page says nothing about it. */
export function makeAccount(fields: AccountInput): AccountInput | null {
  const checked = accountInputSchema.safeParse(compact(fields));
  return checked.success && Object.keys(checked.data).length > 0 ? checked.data : null;
}

/**
 * An identifier that means one thing only across all sites: as given when it is an address or a tag of its own, else
 * with the host it is used on (two feeds both have an entry `1`).
 */
export function scopedId(id: string | undefined, url: string | null | undefined): string | undefined {
  if (!id || /^(https?|tag|urn):/i.test(id)) return id || (url ?? undefined);
  return url && URL.canParse(url) ? `${new URL(url).host}:${id}` : id;
}

const WALL_TITLES: readonly (readonly [RegExp, ParseStatus])[] = [
  // The words are the title, or its first part: a thread about a check ("安全验证问题【…吧】") is no check.
  [
    /^.{0,8}(?:滑动验证|安全验证|访问验证|人机验证)(?:页面?|中心|码)?\s*(?:$|[-_|·–—])|^验证码?$|请完成验证|security (check|verification)|captcha|just a moment/i,
    'captcha',
  ],
  [/^(用户|账号|请先?)?登录([\s\-_|·—].*)?$|^(sign|log) ?in\b/i, 'login_wall'],
  [/访问(过于|太)频繁|^429 |too many requests/i, 'captcha'],
];

/** Walls that any site may put up, judged by the page's title alone so that a post about captchas stays a post. */
function anyWall(page: PageInput): Wall | null {
  const title = titleOf(page.html.slice(0, 200_000));
  for (const [pattern, status] of WALL_TITLES) if (pattern.test(title)) return { status, reason: title };
  return /waf_nc_block|_waf_is_mobile|waf-nc-title|id="nocaptcha"/.test(page.html.slice(0, 60_000)) ? { status: 'captcha', reason: title || '安全验证' } : null;
}

const has = (post: PostInput, field: RequiredField): boolean => {
  if (field === 'body') return Boolean(post.text?.trim()) || (post.images?.length ?? 0) > 0;
  return Boolean(post[field]?.trim());
};

/** Applies the requirements: which posts stand, and what the page's status is. */
function judge(spec: PlatformSpec, reading: Reading): Pick<ParsedPage, 'status' | 'statusReason' | 'posts'> {
  const needed: readonly RequiredField[] = reading.level === 'list' ? spec.required.filter((f) => f === 'title') : spec.required;
  const missing = new Map<RequiredField, number>();
  const given = (reading.posts ?? []).slice(0, MAX_POSTS);
  const posts = given.filter((post) => {
    const lacks = needed.filter((field) => !has(post, field));
    for (const field of lacks) missing.set(field, (missing.get(field) ?? 0) + 1);
    return lacks.length === 0;
  });
  const drift = [...missing].map(([field, count]) => `${field} ×${count}`).join(', ');
  if (reading.status) return { status: reading.status, statusReason: reading.reason ?? null, posts };
  if (posts.length > 0) return { status: 'ok', statusReason: drift ? `${LACKING}: ${drift}` : (reading.reason ?? null), posts };
  if (given.length > 0) return { status: 'parse_drift', statusReason: `${LACKING}: ${drift}`, posts };
  if (reading.level === 'account' && reading.account) return { status: 'ok', statusReason: reading.reason ?? null, posts };
  // A list of links without cards: nothing to read here, but it leads on.
  if (reading.level === 'list' && (reading.links?.length ?? 0) > 0) return { status: 'ok', statusReason: reading.reason ?? null, posts };
  if (reading.empty) return { status: 'empty_state', statusReason: reading.reason ?? null, posts };
  return { status: 'parse_drift', statusReason: reading.reason ?? `${LACKING}: ${needed.join(', ') || 'posts'}`, posts };
}

/** Whether `host[:port]` matches a pattern such as `*.example.cn` or `127.0.0.1:*`. */
export function hostMatches(patterns: readonly string[], url: URL): boolean {
  return patterns.some((pattern) => {
    const [name = '', port] = pattern.split(':');
    if (port !== undefined && port !== '*' && port !== url.port) return false;
    if (port === undefined && url.port !== '') return false;
    return name.startsWith('*.') ? url.hostname === name.slice(2) || url.hostname.endsWith(name.slice(1)) : url.hostname === name;
  });
}

const urlOf = (text: string): URL | null => {
  try {
    return new URL(text);
  } catch {
    return null;
  }
};

function parseWith(spec: PlatformSpec, kept: Keeper, given: PageInput): ParsedPage {
  const bare = { platform: spec.id, account: null, posts: [], links: [] };
  if (given.html.length > MAX_PAGE) return { ...bare, status: 'parse_drift', statusReason: `页面超过 ${MAX_PAGE / 1_000_000} MB` };
  try {
    const page = { ...given, html: unwrapped(given.html) };
    const wall = spec.wall?.(page) ?? anyWall(page);
    if (wall) return { ...bare, status: wall.status, statusReason: wall.reason };
    const reading = spec.read(page);
    const links = new Map<string, PageLink>();
    for (const link of reading.links ?? []) if (links.size < MAX_LINKS && !links.has(link.url)) links.set(link.url, link);
    const judged = judge(spec, reading);
    const account = reading.account ? kept.account(reading.account) : null;
    return { platform: spec.id, account, links: [...links.values()], ...judged, posts: judged.posts.map(kept.post) };
  } catch (thrown) {
    // Hostile or broken markup (too deep, no end): the page is drift to look at, not a failed crawl.
    return { ...bare, status: 'parse_drift', statusReason: reasonOf(thrown).slice(0, 300) };
  }
}

/** Builds the adapter of a declaration. */
export function definePlatform(spec: PlatformSpec): PlatformAdapter {
  const kept = keeper(spec.keeps);
  const matches = (url: string): boolean => {
    const parsed = urlOf(url);
    return parsed !== null && hostMatches(spec.hosts, parsed);
  };
  return {
    id: spec.id,
    name: spec.name,
    hosts: spec.hosts,
    anyHost: spec.anyHost ?? false,
    wholeLists: spec.wholeLists ?? false,
    imageHosts: spec.imageHosts ?? [],
    politeness: spec.politeness,
    access: spec.access,
    render: spec.render,
    shell: spec.shell ?? false,
    required: spec.required,
    can: spec.can,
    keeps: spec.keeps,
    matches,
    accepts: (url) => matches(url) || (spec.anyHost === true && /^https?:$/.test(urlOf(url)?.protocol ?? '')),
    sniff: (html) => spec.sniff(html),
    kindOf: (url) => {
      const parsed = urlOf(url);
      return parsed ? spec.kindOf(parsed) : 'post';
    },
    firstPages: (sourceUrl) => spec.firstPages?.(sourceUrl) ?? [sourceUrl],
    parse: (page) => parseWith(spec, kept, page),
  };
}
