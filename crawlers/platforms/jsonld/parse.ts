/** Any career site that marks its posts as schema.org JobPosting: JSON-LD (alone, in lists, in `@graph`) and microdata. */
import { contactStrings } from '../../extract/contacts.ts';
import { absolute, decodeEntities, linksOf, loadHtml, nodeText, scriptBodies, textOf } from '../../extract/html.ts';
import { readLiteral } from '../../extract/js-literal.ts';
import { readTime } from '../../extract/times.ts';
import { at, isTree, list, parseJson, str } from '../../extract/tree.ts';
import { makeAccount, makePost, scopedId } from '../define.ts';
import type { PageInput, Reading } from '../types.ts';

const MAX_DEPTH = 8;

/** Whether a node is of a type, written alone, in a list, or as a full address. */
const isOf = (node: unknown, type: string): boolean =>
  [at(node, '@type')].flat().some((t) => typeof t === 'string' && t.replace(/^https?:\/\/schema\.org\//, '') === type);

function collect(node: unknown, found: unknown[], depth = 0): void {
  if (depth > MAX_DEPTH || found.length > 500) return;
  if (Array.isArray(node)) for (const each of node as readonly unknown[]) collect(each, found, depth + 1);
  else if (isOf(node, 'JobPosting')) found.push(node);
  else if (isTree(node)) for (const key of ['@graph', 'itemListElement', 'item', 'mainEntity', 'mainEntityOfPage']) collect(at(node, key), found, depth + 1);
}

/** A value that may be text, a list of texts, or an object with a name. */
function named(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.map(named).filter(Boolean).join('、') || undefined;
  return str(value) ?? str(value, 'name') ?? str(value, 'value') ?? str(value, 'credentialCategory');
}

/** The number of a posting: the value of a `PropertyValue`, whose name is the employer's, not the posting's. */
function identifierOf(job: unknown): string | undefined {
  const given = [at(job, 'identifier')].flat()[0];
  return str(given, 'value') ?? str(given, '@id') ?? str(given, 'propertyID') ?? str(given);
}

/** Data of a script: JSON, or what only a browser takes for it (line breaks in strings, comments, commas at the end). */
function dataOf(body: string): unknown {
  const text = body.trim().replace(/^[^[{]{0,20}<!(?:\[CDATA\[|--)/, '');
  const json = parseJson(text);
  const start = json === undefined ? text.search(/[[{]/) : -1;
  if (start < 0) return json;
  try {
    return readLiteral(text, start).value;
  } catch {
    return undefined;
  }
}

function salaryOf(base: unknown): string | undefined {
  if (!isTree(base)) return str(base);
  const value = at(base, 'value') ?? base;
  const [low, high, one] = [str(value, 'minValue'), str(value, 'maxValue'), str(value, 'value') ?? str(value)];
  const range = low || high ? [low, high].filter(Boolean).join('-') : one;
  return range ? [range, str(base, 'currency'), str(value, 'unitText')].filter(Boolean).join(' ') : undefined;
}

function placeOf(place: unknown): string | undefined {
  const places = Array.isArray(place) ? (place as readonly unknown[]) : [place];
  const written = places.map((p) => {
    const address = at(p, 'address') ?? p;
    const parts = ['addressRegion', 'addressLocality', 'streetAddress'].map((key) => named(at(address, key))).filter(Boolean);
    return parts.length > 0 ? parts.join(' ') : named(address);
  });
  return written.filter(Boolean).join('；') || undefined;
}

function toPost(page: PageInput, job: unknown) {
  const company = named(at(job, 'hiringOrganization'));
  const described = decodeEntities(str(job, 'description') ?? '');
  // A plain text keeps its own lines; only markup folds them.
  const text = textOf(described, !/<\w/.test(described));
  return makePost({
    id: scopedId(identifierOf(job), absolute(str(job, 'url') ?? page.url ?? undefined, page.url)),
    platform: 'jsonld',
    title: str(job, 'title') ?? str(job, 'name'),
    company,
    salary: salaryOf(at(job, 'baseSalary')),
    location: placeOf(at(job, 'jobLocation')),
    text,
    education: named(at(job, 'educationRequirements')),
    headcount: str(job, 'totalJobOpenings'),
    publishedAt: readTime(str(job, 'datePosted'), page.fetchedAt ?? null),
    validUntil: readTime(str(job, 'validThrough'), null),
    url: absolute(str(job, 'url') ?? page.url ?? undefined, page.url),
    employmentType: named(at(job, 'employmentType')),
    contacts: contactStrings(text),
    account:
      makeAccount({ name: company, subjectName: str(job, 'hiringOrganization', 'legalName') ?? company, uscc: str(job, 'hiringOrganization', 'taxID') }) ??
      undefined,
  });
}

/** Microdata, and RDFa, which writes the same with other attributes: the nearest property of each name inside a JobPosting. */
function fromMarkup($: ReturnType<typeof loadHtml>): unknown[] {
  return $('[itemtype*="schema.org/JobPosting"], [typeof="JobPosting"], [typeof$=":JobPosting"]')
    .toArray()
    .slice(0, 500)
    .map((el) => {
      const [key, prefix] = $(el).attr('itemtype') === undefined ? ['property', /:/.exec($(el).attr('typeof') ?? '') ? 'schema:' : ''] : ['itemprop', ''];
      const nodes = (name: string) => $(el).find(`[${key}="${prefix}${name}"]`);
      const said = (found: ReturnType<typeof nodes>): string | undefined =>
        found.attr('content') ?? found.attr('datetime') ?? (nodeText(found.toArray()) || undefined);
      const prop = (name: string): string | undefined => said(nodes(name).first());
      const within = (name: string, part: string): string | undefined => said(nodes(name).find(`[${key}="${prefix}${part}"]`).first());
      return {
        title: prop('title'),
        description: prop('description'),
        datePosted: prop('datePosted'),
        validThrough: prop('validThrough'),
        identifier: within('identifier', 'value') ?? prop('identifier'),
        baseSalary: prop('baseSalary'),
        jobLocation: prop('jobLocation'),
        hiringOrganization: within('hiringOrganization', 'name') ?? prop('hiringOrganization'),
        url: nodes('url').attr('href'),
      };
    });
}

/** Most links followed from a page that marks nothing itself. */
const MAX_GUESSED = 200;

/** Whether a link of an unmarked list leads to one post: the same site, a path that speaks of jobs, and a number or long name of its own. */
function looksLikePost(url: string, base: string | null): boolean {
  const here = base && URL.canParse(base) ? new URL(base) : null;
  const there = new URL(url);
  if (!here || there.host !== here.host || there.pathname === here.pathname) return false;
  return (
    /(job|position|career|recruit|vacanc|opening|zhaopin|zhiwei|gangwei|zp)/i.test(there.pathname) && /\d{2,}|[\w-]{16,}/.test(there.pathname + there.search)
  );
}

/** Reads the JobPostings of a page; links that look like further posts are offered for a list page. */
export function readJsonld(page: PageInput): Reading {
  const jobs: unknown[] = [];
  const bodies = /^\s*[[{]/.test(page.html) ? [page.html] : scriptBodies(page.html, /type=["']?application\/ld\+json/i);
  const data = bodies.map(dataOf);
  collect(data, jobs);
  const $ = loadHtml(page.html);
  if (jobs.length === 0) jobs.push(...fromMarkup($));
  const posts = jobs.map((job) => toPost(page, job)).filter((p) => p !== null);
  const listed = data.flatMap((d) => list(d, 'itemListElement')).map((i) => absolute(str(i, 'url'), page.url));
  const named = listed.filter((u) => u !== undefined);
  const next = linksOf($, 'a[rel="next"], link[rel="next"]', page.url);
  const posting = posts.length === 0 && named.length === 0 ? linksOf($, 'a[href]', page.url).filter((url) => looksLikePost(url, page.url)) : [];
  const links = [
    ...[...named, ...posting.slice(0, MAX_GUESSED)].map((url) => ({ url, kind: 'post' as const })),
    ...next.map((url) => ({ url, kind: 'list' as const })),
  ];
  const account = posts.length === 1 ? (posts[0]?.account ?? null) : null;
  const until = posts.length === 1 ? posts[0]?.validUntil : undefined;
  // A day is over at its end.
  const expired = until && page.fetchedAt && new Date(until.length === 10 ? `${until}T23:59:59+08:00` : until) < page.fetchedAt;
  return {
    account,
    posts,
    level: posts.length === 1 ? 'detail' : 'list',
    links,
    ...(expired ? { status: 'expired' as const, reason: `validThrough ${until}` } : {}),
  };
}
