/**
 * Accounts and posts stored many at once: one statement for what is new, one for what changed, one for what was seen
 * unchanged, with the meaning of `saveAccount` and `savePost`. Accounts are locked before posts and in the order
 * of their ids, as screening locks them, so that nobody waits in a circle.
 */
import { sql } from 'drizzle-orm';
import { newId } from '../../core/ids.ts';
import { identityOf } from '../../core/model/identity.ts';
import type { AccountInput, PostInput } from '../../core/model/post.ts';
import { storable, storableText } from '../../core/storable.ts';
import type { Db } from '../connect.ts';
import { saveAccount } from './content.ts';
import { noteReturned } from './revisit.ts';
import { detailsOf, joinOthers } from './same-account.ts';

export interface BulkAccount {
  readonly platform: string;
  readonly input: AccountInput;
}

const clean = (text: string | null | undefined): string | null => (text ? storableText(text) : null);
const COLUMNS = ['name', 'alias', 'description', 'subjectName', 'uscc', 'category', 'licenceNo', 'verifiedAt'] as const;
/** What an account is stored under. */
const externalIdOf = ({ platform, input }: BulkAccount): string => storableText(identityOf(platform, input).id);
/** An account's own page, where it is told. */
const urlOf = (input: AccountInput): string | null => {
  const url = input['url'];
  return typeof url === 'string' && /^https?:\/\//.test(url) ? storableText(url).slice(0, 4_000) : null;
};
/** What an account is known by within one batch. */
export const accountKey = ({ platform, input }: BulkAccount): string => `${platform}\n${externalIdOf({ platform, input })}`;

interface KnownAccount extends Record<string, unknown> {
  id: string;
  platform: string;
  external_id: string;
  told: Record<string, unknown>;
  verified: boolean | null;
  subject_type: string;
  details: Record<string, unknown>;
  fresh: boolean;
}

/** An account seen again within this time is not noted again: a file names it in thousands of its lines. */
const SEEN_AGAIN = '1 hour';

async function knownAccounts(tx: Db, accounts: readonly BulkAccount[], now: Date): Promise<Map<string, KnownAccount>> {
  const wanted = JSON.stringify(accounts.map((a) => ({ platform: a.platform, external_id: externalIdOf(a) })));
  const { rows } = await tx.execute<KnownAccount>(sql`
    select a.id, a.platform, a.external_id, a.verified, a.subject_type, a.details, a.last_seen_at > ${now.toISOString()}::timestamptz - ${SEEN_AGAIN}::interval as fresh,
      jsonb_build_object('name', a.name, 'alias', a.alias, 'description', a.description, 'subjectName', a.subject_name, 'uscc', a.uscc, 'category', a.category,
        'licenceNo', a.licence_no, 'verifiedAt', a.verified_at) as told
    from json_to_recordset(${wanted}::json) w(platform text, external_id text) join account a on a.platform = w.platform and a.external_id = w.external_id
    order by a.id for no key update of a`);
  return new Map(rows.map((r) => [`${r.platform}\n${r.external_id}`, r]));
}

/** Whether the batch says anything of an account that is not known. */
function saysMore(known: KnownAccount, input: AccountInput): boolean {
  if (!known.fresh) return true;
  if (COLUMNS.some((c) => clean(input[c]) !== null && clean(input[c]) !== known.told[c])) return true;
  if (input.verified !== undefined && input.verified !== known.verified) return true;
  if (input.subjectType && input.subjectType !== 'unknown' && input.subjectType !== known.subject_type) return true;
  const details = storable(input) as Record<string, unknown>;
  return Object.entries(details).some(([key, value]) => value !== undefined && JSON.stringify(known.details[key]) !== JSON.stringify(value));
}

async function insertAccounts(tx: Db, accounts: readonly BulkAccount[], now: Date): Promise<void> {
  if (accounts.length === 0) return;
  const rows = accounts.map(({ platform, input }) => {
    const told = Object.fromEntries(COLUMNS.map((c) => [c, clean(input[c])]));
    const externalId = externalIdOf({ platform, input });
    return {
      ...told,
      id: newId(),
      platform,
      externalId,
      name: told['name'] ?? externalId,
      verified: input.verified ?? null,
      url: urlOf(input),
      subjectType: input.subjectType ?? 'unknown',
      details: detailsOf(platform, input),
    };
  });
  await tx.execute(sql`
    insert into account (id, platform, external_id, url, name, alias, description, subject_name, subject_type, uscc, category, verified, licence_no, verified_at, details,
      status, first_seen_at, last_seen_at)
    select r.id, r.platform, r."externalId", r.url, r.name, r.alias, r.description, r."subjectName", r."subjectType", r.uscc, r.category, r.verified, r."licenceNo",
      r."verifiedAt", r.details, 'active', ${now.toISOString()}::timestamptz, ${now.toISOString()}::timestamptz
    from json_to_recordset(${JSON.stringify(rows)}::json) r(id uuid, platform text, "externalId" text, url text, name text, alias text, description text, "subjectName" text,
      "subjectType" text, uscc text, category text, verified boolean, "licenceNo" text, "verifiedAt" text, details jsonb)
    on conflict (platform, external_id) do nothing`);
}

/** Adds accounts or brings them up to date. @returns their ids by {@link accountKey} */
export async function saveAccounts(tx: Db, given: readonly BulkAccount[], now: Date): Promise<Map<string, string>> {
  const merged = new Map<string, BulkAccount>();
  for (const one of given) {
    const key = accountKey(one);
    const before = merged.get(key);
    merged.set(key, before ? { ...one, input: { ...before.input, ...one.input } } : one);
  }
  const accounts = [...merged].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
  await joinOthers(tx, accounts);
  let known = await knownAccounts(tx, accounts, now);
  const missing = accounts.filter((a) => !known.has(accountKey(a)));
  await insertAccounts(tx, missing, now);
  if (missing.length > 0) known = new Map([...known, ...(await knownAccounts(tx, missing, now))]);
  const ids = new Map<string, string>();
  for (const one of accounts) {
    const found = known.get(accountKey(one));
    const id = found && !saysMore(found, one.input) ? found.id : await saveAccount(tx, { ...one, url: urlOf(one.input), now });
    ids.set(accountKey(one), id);
  }
  return ids;
}

export interface BulkPost {
  readonly platform: string;
  readonly externalId: string;
  readonly input: PostInput;
  readonly contentSha256: string;
  /** Its row as JSON without ids, made before the transaction begins. */
  readonly told: string;
}

/** What JSON writes of NUL and of half a surrogate pair, neither of which PostgreSQL keeps. */
const UNKEPT = /\\u(?:0000|d[89a-f])/i;

/** A post made ready to be stored: whatever takes time is done before rows are locked. */
export function bulkPost(post: Omit<BulkPost, 'told'> & { readonly publishedAt: Date | null }): BulkPost {
  const { platform, externalId, input, contentSha256, publishedAt } = post;
  const written = JSON.stringify(input);
  const kept = UNKEPT.test(written) ? JSON.stringify(storable(input)) : written;
  const rest = { platform, externalId, publishedAt: publishedAt?.toISOString() ?? null, sha: contentSha256 };
  return { platform, externalId, input, contentSha256, told: `"input":${kept},${JSON.stringify(rest).slice(1)}` };
}

/** A post and whose it is. */
export interface OwnedPost {
  readonly accountId: string;
  readonly post: BulkPost;
}
export interface BulkSaved {
  /** Ids of posts that are new or have a new version, in the order they were given. */
  readonly fresh: readonly { readonly id: string; readonly accountId: string; readonly platform: string; readonly input: PostInput }[];
  readonly same: number;
}

interface KnownPost extends Record<string, unknown> {
  id: string;
  platform: string;
  external_id: string;
  content_sha256: string;
  version: number;
  status: string;
}

const postKey = (p: { readonly platform: string; readonly externalId: string }): string => `${p.platform}\n${p.externalId}`;

async function knownPosts(tx: Db, posts: readonly BulkPost[]): Promise<Map<string, KnownPost>> {
  const wanted = JSON.stringify(posts.map(({ platform, externalId }) => ({ platform, external_id: externalId })));
  const { rows } = await tx.execute<KnownPost>(sql`
    select p.id, p.platform, p.external_id, p.content_sha256, p.version, p.status
    from json_to_recordset(${wanted}::json) w(platform text, external_id text) join post p on p.platform = w.platform and p.external_id = w.external_id
    order by p.id for update of p`);
  return new Map(rows.map((r) => [`${r.platform}\n${r.external_id}`, r]));
}

interface PostRow extends OwnedPost {
  readonly id: string;
  readonly version: number;
  readonly versionId: string;
}

const rowJson = ({ id, version, versionId, accountId, post }: PostRow): string =>
  `{"id":"${id}","version":${version},"versionId":"${versionId}","accountId":"${accountId}",${post.told}`;
const rowsJson = (rows: readonly PostRow[]): string => `[${rows.map(rowJson).join(',')}]`;
/** The texts that have columns of their own stand in `input`: they are sent once. */
const SHAPE =
  sql.raw(`(select id, version, "versionId", "accountId", platform, "externalId", nullif(input->>'url', '') as url, coalesce(input->>'title', '') as title,
    nullif(input->>'company', '') as company, nullif(input->>'salary', '') as salary, nullif(input->>'location', '') as location, coalesce(input->>'text', '') as text,
    input, "publishedAt", sha from r)`);
const GIVEN = sql.raw(
  `r(id uuid, version int, "versionId" uuid, "accountId" uuid, platform text, "externalId" text, input jsonb, "publishedAt" timestamptz, sha text)`,
);

interface Seen {
  readonly captureId: string | null;
  readonly now: Date;
}

/** A post that stands where it stood is there, whatever was known of it. */
const LIVE = sql.raw(`status = 'live', status_reason = null, gone_at = null, gone_by = null, gone_capture_id = null`);

/** Adds posts and their first versions in one statement. @returns the ids that were added; one that another writer added in the same moment is missing */
async function insertPosts(tx: Db, rows: readonly PostRow[], { captureId, now }: Seen): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  const { rows: added } = await tx.execute<{ id: string }>(sql`
    with r as materialized (select * from json_to_recordset(${rowsJson(rows)}::json) ${GIVEN}),
    added as (
      insert into post (id, account_id, platform, external_id, url, title, company, salary, location, text, input, published_at, status, content_sha256, version,
        capture_id, first_seen_at, last_seen_at)
      select id, "accountId", platform, "externalId", url, title, company, salary, location, text, input, "publishedAt", 'live', sha, version,
        ${captureId}::uuid, ${now.toISOString()}::timestamptz, ${now.toISOString()}::timestamptz from ${SHAPE} s
      on conflict (platform, external_id) do nothing returning id),
    versioned as (
      insert into post_version (id, post_id, version, content_sha256, input, capture_id, seen_at)
      select r."versionId", r.id, r.version, r.sha, r.input, ${captureId}::uuid, ${now.toISOString()}::timestamptz from r join added on added.id = r.id)
    select id from added`);
  return new Set(added.map((r) => r.id));
}

async function updatePosts(tx: Db, rows: readonly PostRow[], { captureId, now }: Seen): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    with r as materialized (select * from json_to_recordset(${rowsJson(rows)}::json) ${GIVEN}),
    versioned as (
      insert into post_version (id, post_id, version, content_sha256, input, capture_id, seen_at)
      select r."versionId", r.id, r.version, r.sha, r.input, ${captureId}::uuid, ${now.toISOString()}::timestamptz from r)
    update post p set account_id = r."accountId", url = r.url, title = r.title, company = r.company, salary = r.salary, location = r.location, text = r.text,
      input = r.input, published_at = r."publishedAt", ${LIVE}, content_sha256 = r.sha, version = r.version,
      capture_id = ${captureId}::uuid, last_seen_at = ${now.toISOString()}::timestamptz, screened_with = null
    from ${SHAPE} r where p.id = r.id`);
}

async function touchPosts(tx: Db, seen: readonly { readonly id: string; readonly accountId: string }[], now: Date): Promise<void> {
  if (seen.length === 0) return;
  await tx.execute(sql`
    update post p set last_seen_at = ${now.toISOString()}::timestamptz, ${LIVE}, account_id = r."accountId"
    from json_to_recordset(${JSON.stringify(seen)}::json) r(id uuid, "accountId" uuid) where p.id = r.id`);
}

/** Adds posts, new versions of them, or notes that they were seen unchanged. Of one post that stands twice in a batch the last word counts. */
export async function savePosts(tx: Db, given: readonly OwnedPost[], seen: Seen): Promise<BulkSaved> {
  const posts = [...new Map(given.map((p) => [postKey(p.post), p])).values()];
  const known = await knownPosts(
    tx,
    posts.map((p) => p.post),
  );
  // Gone for a while and back: when it came back is kept as well.
  for (const one of known.values()) if (one.status !== 'live') await noteReturned(tx, one.id, seen.captureId, seen.now);
  const fresh: PostRow[] = [];
  const changed: PostRow[] = [];
  const same: { id: string; accountId: string }[] = [];
  for (const owned of posts) {
    const found = known.get(postKey(owned.post));
    if (!found) fresh.push({ id: newId(), version: 1, versionId: newId(), ...owned });
    else if (found.content_sha256 !== owned.post.contentSha256) changed.push({ id: found.id, version: found.version + 1, versionId: newId(), ...owned });
    else same.push({ id: found.id, accountId: owned.accountId });
  }
  const added = await insertPosts(tx, fresh, seen);
  await updatePosts(tx, changed, seen);
  await touchPosts(tx, same, seen.now);
  const saved = fresh.filter((r) => added.has(r.id));
  // What another writer added in the same moment is known by now.
  const late = fresh.filter((r) => !added.has(r.id)).map(({ accountId, post }) => ({ accountId, post }));
  const again = late.length > 0 ? await savePosts(tx, late, seen) : null;
  const kept = [...saved, ...changed].map(({ id, accountId, post }) => ({ id, accountId, platform: post.platform, input: post.input }));
  return { fresh: [...kept, ...(again?.fresh ?? [])], same: posts.length - kept.length - (again?.fresh.length ?? 0) };
}
