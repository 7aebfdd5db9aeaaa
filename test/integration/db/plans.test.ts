/**
 * Every list on the desk is read through an index: fifty thousand generated rows, and no plan that walks a whole table
 * or sorts more than what a page needs.
 */
import { type SQLWrapper, sql } from 'drizzle-orm';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, createApi } from '../../../api/server.ts';
import { createLiveLaw } from '../../../bin/live-law.ts';
import { createRuleDesk } from '../../../bin/rule-desk.ts';
import { loadConfig } from '../../../core/config.ts';
import { dirtyQuery } from '../../../db/repositories/cluster.ts';
import { encodeCursor } from '../../../db/repositories/cursor.ts';
import { candidatesQuery, groundsOf } from '../../../db/repositories/discovery.ts';
import { bannedQuery, holdersQuery } from '../../../db/repositories/network.ts';
import { accountPostQuery, accountQuery } from '../../../db/repositories/read-account.ts';
import { licenceQuery } from '../../../db/repositories/read-licence.ts';
import { clusterQuery, clusterSharedQuery, memberQuery, readClusters, repostQuery, sharedQuery } from '../../../db/repositories/read-network.ts';
import { noticeQuery } from '../../../db/repositories/read-notice.ts';
import { queueQuery, readQueue } from '../../../db/repositories/read-queue.ts';
import { runQuery, tickQuery } from '../../../db/repositories/read-run.ts';
import { sourcesQuery } from '../../../db/repositories/read-source.ts';
import { accountOfPostAt, dueQuery, fatesOf, platformsDue, unlistedPosts } from '../../../db/repositories/revisit.ts';
import { candidateQuery } from '../../../db/repositories/texts.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { recordQueries } from '../../support/recorded-queries.ts';
import { addUser, logIn } from '../api/world.ts';

const ROWS = 50_000;
const FEWER = 8_000;
const id = (series: number, n: number | string) => `('${series.toString(16).padStart(8, '0')}-0000-7000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`;
const fixed = (series: number, n: number) => `${series.toString(16).padStart(8, '0')}-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
const USER = fixed(9, 1);
const RUN = fixed(5, 7);

/** One account, case, post, finding, capture and licence a number; a third of the cases is closed. */
const FILL = [
  `insert into account (id, platform, external_id, name, subject_name, subject_type, status, licence_verdict, score, level, first_seen_at, last_seen_at)
   select ${id(1, 'i')}, 'p' || i % 12, 'a' || i, '第' || i || '招工站', '云汀' || i || '有限公司', 'agency', 'active',
     (array['licensed','not_found','expired'])[i % 3 + 1], i % 101, (array['statutory','lead','none'])[i % 3 + 1], now(), now() - i * interval '1 minute'
   from generate_series(1, ${ROWS}) i`,
  `insert into case_file (id, number, account_id, platform, state, level, priority, contributions, hook, finding_count, kinds, claimed_by, version, opened_at, due_at, updated_at)
   select ${id(2, 'i')}, 'HR-2026-' || lpad(i::text, 5, '0'), ${id(1, 'i')}, 'p' || i % 12,
     (array['open','in_review','closed'])[i % 3 + 1], 'lead', i % 101, '[]', '原文', 1,
     case when i % 500 = 0 then array['training-loan'] else array['gender-restriction'] end,
     case when i % 1000 = 1 then '${USER}'::uuid end, 1, now() - i * interval '1 minute', now() + (i - 200) * interval '1 minute', now()
   from generate_series(1, ${ROWS}) i`,
  `insert into case_event (id, case_id, at, actor_id, actor_name, action, data)
   select ${id(3, 'i')}, ${id(2, 'i')}, now(), 'x', 'x', case when i % 2000 = 1 then 'return' else 'propose' end, '{}' from generate_series(1, ${ROWS}) i`,
  `insert into post (id, account_id, platform, external_id, title, text, input, status, content_sha256, version, score, first_seen_at, last_seen_at)
   select ${id(4, 'i')}, ${id(1, 'i')}, 'p' || i % 12, 'x' || i, '招工', '正文', '{}', 'live', '', 1, i % 101, now(), now() from generate_series(1, ${ROWS}) i`,
  `insert into run (id, kind, run_date, state, counts, started_by, started_at, ended_at)
   select ${id(5, 'i')}, 'demand', '2026-01-01', 'done', '{}', 'x', now() - i * interval '1 hour', now() from generate_series(1, 5000) i`,
  `insert into source (id, platform, name, url, next_due_at, created_at)
   select ${id(6, 'i')}, 'p' || i % 12, '来源', 'http://x/' || i, now(), now() from generate_series(1, 5000) i`,
  `insert into capture (id, run_id, source_id, account_id, kind, url, final_url, outcome, size, via, fetched_at)
   select ${id(7, 'i')}, ${id(5, '1 + i % 500')}, ${id(6, '1 + i % 5000')}, ${id(1, 'i')}, 'post', 'http://x', 'http://x', 'ok', 1, 'http', now() from generate_series(1, ${ROWS}) i`,
  `insert into post_version (id, post_id, version, content_sha256, input, capture_id, seen_at)
   select ${id(8, 'i')}, ${id(4, 'i')}, 1, '', '{}', ${id(7, 'i')}, now() from generate_series(1, ${ROWS}) i`,
  `insert into run_account (run_id, account_id, state, counts)
   select ${id(5, '1 + i % 500')}, ${id(1, 'i')}, 'done', '{"findings":1,"newFindings":1,"casesOpened":1}' from generate_series(1, ${ROWS}) i`,
  `insert into notice (id, number, case_id, platform, account_id, measure, state, body, body_sha256, ack_due, act_due, version, created_at, updated_at)
   select ${id(10, 'i')}, 'N' || i, ${id(2, 'i')}, 'p' || i % 12, ${id(1, 'i')}, 'warn', (array['delivered','verified','closed'])[i % 3 + 1], '{}', '',
     now() + i * interval '1 minute', now() + i * interval '1 minute', 1, now(), now() from generate_series(1, ${ROWS}) i`,
  `insert into licence_list (id, label, authority, published_on, sha256, rows, rejected, mapping, current, imported_by, imported_at)
   values ('${fixed(11, 1)}', '名录', '机关', '2026-01-01', 'x', ${ROWS}, 0, '{}', true, 'x', now())`,
  `insert into licence (id, list_id, name, name_key, uscc, number, form, cells)
   select ${id(12, 'i')}, '${fixed(11, 1)}', '云汀' || i, '云汀' || i, 'U' || i, 'L' || i, 'licence', '{}' from generate_series(1, ${ROWS}) i`,
  `insert into cluster (id, state, size, top_score, first_seen_at, formed_at, changed_at)
   select ${id(13, 'i')}, (array['live','live','merged'])[i % 3 + 1], 5, i % 101, now(), now(), now() from generate_series(1, ${ROWS / 5}) i`,
  `insert into cluster_member (account_id, cluster_id, joined_at) select ${id(1, 'i')}, ${id(13, '1 + i / 5')}, now() from generate_series(1, ${ROWS - 5}) i`,
  `insert into network_thing (id, kind, label, accounts, entities, first_seen_at, first_account_id)
   select ${id(14, 'i')}, (array['phone','text'])[i % 2 + 1], '138****0000', 5, 5, now(), ${id(1, 'i')} from generate_series(1, ${ROWS}) i`,
  `insert into network_holding (thing_id, account_id, entity, own, posts, first_seen_at, last_seen_at)
   select ${id(14, '1 + (i / 5 * 2 + n) % 50000')}, ${id(1, 'i')}, 'account:' || i, 1, 1, now(), now() from generate_series(1, ${ROWS}) i, generate_series(0, 1) n`,
  `insert into text_group (id, signature, posts, employers) select ${id(14, 'i')}, '\\x00', 3, 1 from generate_series(1, ${ROWS}, 2) i`,
  `insert into text_band (key, group_id) select i * 1000 + n, ${id(14, 'i')} from generate_series(1, ${ROWS}, 2) i, generate_series(0, 1) n`,
  `insert into post_text (post_id, group_id, account_id, version, similarity, at)
   select ${id(4, 'i')}, ${id(14, 'i / 2 * 2 + 1')}, ${id(1, 'i')}, 1, 1, now() from generate_series(1, ${ROWS}) i`,
  `insert into network_account (account_id, digest, texts, linked_at, dirty)
   select ${id(1, 'i')}, 'x', 3, now(), case when i % 1000 = 0 then 1 else 0 end from generate_series(1, ${ROWS}) i`,
  `insert into cluster_event (id, cluster_id, at, action, size, accounts) select ${id(15, 'i')}, ${id(13, '1 + i / 2')}, now(), 'joined', 5, '[]' from generate_series(1, ${FEWER}) i`,
  `insert into licence_list (id, label, authority, published_on, sha256, rows, rejected, mapping, current, imported_by, imported_at)
   select ${id(11, '1 + i')}, '名录', '机关' || i, '2026-01-01', 'x' || i, 0, 0, '{}', false, 'x', now() - i * interval '1 hour' from generate_series(1, 3000) i`,
  `insert into finding (id, account_id, post_id, post_version, dedupe_key, kind, level, score, source, by, articles, exempt, why, state, created_at)
   select ${id(16, 'i')}, ${id(1, 'i')}, ${id(4, 'i')}, 1, 'd' || i, 'gender-restriction', 'statutory', 0.9, 'rule',
     case when i % 40 < 4 then 'gender.only-male@' || 1 + i % 3 else 'some.rule-' || i % 200 || '@1' end,
     '[]', false, '', (array['open','confirmed','rejected','superseded'])[i % 4 + 1], now() from generate_series(1, ${FEWER}) i`,
  `insert into rule_revision (id, pack, number, text, sha256, state, note, author_id, author_name, version, created_at, updated_at)
   select ${id(17, 'i')}, 'p' || i % 300, 1 + i / 300, 'pack: p', '', case when i < 300 then 'published' else 'retired' end, '', 'x', 'x', 1, now(), now() from generate_series(1, 3000) i`,
  `insert into rule_job (id, kind, state, revision_id, total, done, counts, law_version, started_by_id, started_by_name, started_at, updated_at)
   select ${id(18, 'i')}, case when i % 100 = 0 then 'rescreen' else 'replay' end, 'done', ${id(17, '1 + i % 3000')}, 1, 1, '{}', 'x', 'x', 'x', now() - i * interval '1 minute', now() from generate_series(1, ${FEWER}) i`,
  `insert into rule_difference (id, owner_id, change, account_id, post_id, post_version, platform, kind, by, why, rank, created_at)
   select ${id(19, 'i')}, ${id(18, '1 + i % 200')}, (array['added','removed'])[i % 2 + 1], ${id(1, 'i')}, ${id(4, 'i')}, 1, 'p', 'gender-restriction', 'x@1', '', i, now() from generate_series(1, ${FEWER}) i`,
  `insert into rule_night (day, platform, rule, version, posts)
   select (date '2024-01-01' + i / 120)::text, 'p' || i % 3, case when i / 3 % 40 = 0 then '' when i / 3 % 40 = 1 then 'gender.only-male' else 'some.rule-' || i / 3 % 40 end, 1, 5 from generate_series(1, ${FEWER * 3}) i`,
  `insert into drift_night (day, platform, measure, bucket, posts)
   select (date '2024-01-01' + i / 24)::text, 'p' || i % 3, 'kind', 'k' || i / 3 % 8, 5 from generate_series(1, ${FEWER * 3}) i`,
  `insert into shadow_night (revision_id, day, posts, added, removed, same) select ${id(17, '1 + i % 3000')}, 'd' || i, 1, 1, 1, 1 from generate_series(1, ${FEWER}) i`,
  `insert into rule_alarm (id, day, platform, rule, up, hits, posts, expected, probability, run_id, at)
   select ${id(20, 'i')}, 'd' || i, 'p', 'some.rule-' || i % 300, true, 1, 1, 1, 0, ${id(5, '1 + i % 500')}, now() from generate_series(1, ${FEWER}) i`,
  `insert into source_account (source_id, account_id, seen_at) select ${id(6, '1 + i % 5000')}, ${id(1, 'i')}, now() from generate_series(1, ${ROWS}) i`,
  `insert into post_watch (post_id, platform, reason, version, since, next_at)
   select ${id(4, 'i')}, 'p' || i % 12, 'flagged', 1, now(), now() + (i - 200) * interval '1 minute' from generate_series(1, ${ROWS}) i`,
  `insert into post_fate (id, post_id, at, status) select ${id(22, 'i')}, ${id(4, 'i')}, now(), 'deleted' from generate_series(1, ${FEWER}) i`,
  `insert into candidate (id, platform, key, state, seen, first_seen_at, last_seen_at)
   select ${id(23, 'i')}, 'p' || i % 12, 'k' || i, case when i % 3 = 0 then 'refused' else 'proposed' end, i % 40, now(), now() from generate_series(1, ${FEWER}) i`,
  `insert into candidate_ground (candidate_id, kind, speaker, speaker_name, quote, first_at, last_at)
   select ${id(23, 'i')}, 'name', 's' || n, 's', '', now(), now() from generate_series(1, ${FEWER}) i, generate_series(1, 5) n`,
  `insert into rule_event (id, at, actor_id, actor_name, action, pack, rule, data)
   select ${id(21, 'i')}, now(), 'x', 'x', 'publish', 'p' || i % 300, 'some.rule-' || i % 300, '{}' from generate_series(1, ${FEWER}) i`,
];

interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Plan Rows': number;
  readonly Plans?: readonly Node[];
}
const nodes = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodes)];
const BIG = new Set([
  'cluster',
  'cluster_member',
  'network_thing',
  'network_holding',
  'network_account',
  'text_group',
  'text_band',
  'post_text',
  'account',
  'case_file',
  'case_event',
  'post',
  'capture',
  'post_version',
  'run_account',
  'notice',
  'licence',
  'run',
  'licence_list',
  'cluster_event',
  'finding',
  'rule_revision',
  'rule_job',
  'rule_difference',
  'rule_night',
  'shadow_night',
  'drift_night',
  'rule_alarm',
  'rule_event',
  'source_account',
  'post_watch',
  'post_fate',
  'candidate',
  'candidate_ground',
]);

let base: TestDatabase;
beforeAll(async () => {
  base = await freshDatabase();
  // Made rows need no check of their references, which takes longer than writing them.
  const client = await base.pool.connect();

  await client.query('set session_replication_role = replica');
  for (const statement of FILL) await client.query(statement);
  await client.query('set session_replication_role = origin');
  client.release();
  await base.db.execute(sql`vacuum analyze`);
}, 600_000);
afterAll(() => base.close());

type Explained = { 'QUERY PLAN': [{ Plan: Node }] };
/** Tables the plan walks whole. */
async function walked(query: SQLWrapper, also: readonly string[] = []): Promise<string[]> {
  return walkedBy((await base.db.execute<Explained>(sql`explain (format json) ${query.getSQL()}`)).rows, also);
}
function walkedBy(rows: readonly Explained[], also: readonly string[] = []): string[] {
  const plan = rows[0]?.['QUERY PLAN'][0].Plan;
  if (!plan) return ['no plan'];
  return nodes(plan)
    .filter((node) => node['Node Type'] === 'Seq Scan' && (BIG.has(node['Relation Name'] ?? '') || also.includes(node['Relation Name'] ?? '')))
    .map((node) => node['Relation Name'] ?? '');
}

describe('the queue', () => {
  const NOW = new Date();
  it.each([
    ['everything that is live', {}],
    ['one state', { state: 'open' }],
    ['one platform', { platform: 'p3' }],
    ['one rare kind', { kind: 'training-loan' }],
    ['one common kind', { kind: 'gender-restriction' }],
    ['one kind that nobody has', { kind: 'fraud-lead' }],
    ['at least this risk', { minPriority: 99 }],
    ['mine', { claimedBy: USER }],
    ['sent back to me', { returnedTo: USER }],
    ['overdue', { overdueAt: NOW }],
    ['one account', { accountId: fixed(1, 77) }],
    ['opened by one run', { run: RUN }],
    ['a case number', { q: '01234' }],
    ['an account’s name', { q: '第4321招' }],
    ['two words', { q: '云汀 4321' }],
    ['words on one platform', { q: '4321', platform: 'p3' }],
  ] as const)('reads %s without walking a table', async (_, filter) => {
    expect(await walked(queueQuery(base.db, filter, undefined, 50))).toEqual([]);
  });
  it('pages behind a cursor without walking a table', async () => {
    const first = await readQueue(base.db, { state: 'open' }, undefined, 50);
    expect(first.nextCursor).not.toBeNull();
    expect(await walked(queueQuery(base.db, { state: 'open' }, first.nextCursor ?? undefined, 50))).toEqual([]);
  });
});

describe('searching', () => {
  const found = async (q: string): Promise<string[]> => (await readQueue(base.db, { q }, undefined, 50)).items.map((row) => row.c.number);
  it('finds a name by any part of it, in any width', async () => {
    expect(await found('第4321招工')).toEqual(['HR-2026-04321']);
    expect(await found('第４３２１招')).toEqual(['HR-2026-04321']);
  });
  it('finds a number by its end, whatever the case', async () => {
    expect(await found('hr-2026-04321')).toEqual(['HR-2026-04321']);
  });
  it('does not take scattered pairs for the word', async () => {
    // every pair of it occurs in the open 第44343招工站, the word only in a closed one
    expect(await found('第443招')).toEqual([]);
    expect(await found('第44343招')).toEqual(['HR-2026-44343']);
  });
  it('wants every word', async () => {
    expect(await found('云汀4321有限 站')).toEqual(['HR-2026-04321']);
    expect(await found('云汀4321有限 4322')).toEqual([]);
  });
  it('does not list closed cases', async () => {
    expect(await found('第4322招')).toEqual([]);
  });
});

describe('the other lists', () => {
  it.each([
    ['all', {}],
    ['one platform', { platform: 'p3' }],
    ['one verdict', { verdict: 'expired' }],
    ['one level', { level: 'lead' }],
    ['a name', { q: '第4321招' }],
    ['one run', { run: RUN, found: 'newFindings' }],
  ] as const)('reads accounts by %s without walking a table', async (_, filter) => {
    expect(await walked(accountQuery(base.db, filter, undefined, 50))).toEqual([]);
  });
  it('reads an account’s posts without walking a table', async () => {
    expect(await walked(accountPostQuery(base.db, fixed(1, 77), undefined, 50))).toEqual([]);
  });
  it.each([
    ['all', {}],
    ['one state', { state: 'delivered' }],
    ['one platform', { platform: 'p3' }],
    ['one case', { caseId: fixed(2, 77) }],
  ] as const)('reads notices by %s without walking a table', async (_, filter) => {
    expect(await walked(noticeQuery(base.db, filter, undefined, 50))).toEqual([]);
  });
  it('reads runs and the ticks of one without walking a table', async () => {
    expect(await walked(runQuery(base.db, undefined, 30))).toEqual([]);
    expect(await walked(tickQuery(base.db, { id: RUN, startedAt: new Date() }))).toEqual([]);
  });
  it('looks a licence up without walking a table', async () => {
    expect(await walked(licenceQuery(base.db, '云汀4321', '云汀4321', undefined, 50))).toEqual([]);
  });
});

describe('sources, candidates and posts to be looked at again', () => {
  it.each([
    ['all', {}],
    ['one platform', { platform: 'p3' }],
    ['one source', { id: fixed(6, 77) }],
  ] as const)('reads sources by %s without walking a table', async (_, filter) => {
    expect(await walked(sourcesQuery(base.db, filter, undefined, 50), ['source'])).toEqual([]);
    expect(await walked(sourcesQuery(base.db, filter, encodeCursor([fixed(6, 4000)]), 50), ['source'])).toEqual([]);
  });
  it.each([
    ['those proposed', { state: 'proposed' }],
    ['those refused on one platform', { state: 'refused', platform: 'p3' }],
  ] as const)('reads %s, and behind a cursor, without walking a table', async (_, filter) => {
    expect(await walked(candidatesQuery(base.db, filter, undefined, 50))).toEqual([]);
    expect(await walked(candidatesQuery(base.db, filter, encodeCursor([20, fixed(23, 77)]), 50))).toEqual([]);
  });
  it('finds what is due, the post of an address, its fates and the grounds of a page of candidates without walking a table', async () => {
    expect(await walked(dueQuery(base.db, 'p3', new Date()))).toEqual([]);
    const ids = Array.from({ length: 50 }, (_, i) => fixed(23, 7 + i));
    const sent = await recordQueries(base.pool, async () => {
      await platformsDue(base.db, ['p3', 'p4'], new Date());
      await accountOfPostAt(base.db, 'p3', 'http://x/77');
      await fatesOf(base.db, fixed(4, 77));
      await groundsOf(base.db, ids, 3);
      await unlistedPosts(base.db, { accountIds: [fixed(1, 77)], platform: 'p5', since: new Date(), limit: 500 });
    });
    expect(sent).toHaveLength(5);
    for (const { text, values } of sent) expect(walkedBy((await base.pool.query<Explained>(`explain (format json) ${text}`, values)).rows), text).toEqual([]);
  });
});

describe('clusters', () => {
  const accounts = Array.from({ length: 60 }, (_, i) => fixed(1, 77 + i));
  const few = accounts.slice(0, 5);
  it('are listed, and paged behind a cursor, without walking a table', async () => {
    expect(await walked(clusterQuery(base.db, undefined, 50))).toEqual([]);
    const first = await readClusters(base.db, undefined, 50);
    expect(first.nextCursor).not.toBeNull();
    expect(await walked(clusterQuery(base.db, first.nextCursor ?? undefined, 50))).toEqual([]);
  });
  it.each([
    [
      'the accounts of a page of clusters',
      memberQuery(
        Array.from({ length: 50 }, (_, i) => fixed(13, 7 + i)),
        3,
      ),
    ],
    [
      'what the accounts of a page of clusters share',
      clusterSharedQuery(
        Array.from({ length: 50 }, (_, i) => fixed(13, 7 + i)),
        3,
      ),
    ],
    ['what sixty accounts share', sharedQuery(accounts, 80)],
    ['the texts an account repeats', repostQuery(fixed(1, 77), 20)],
    ['who holds what these accounts hold', holdersQuery(few)],
    ['what an account shares with banned ones', bannedQuery([fixed(1, 77), fixed(1, 78)], 100)],
    ['founders of texts near these', candidateQuery([77_000, 77_001, 79_002])],
    ['accounts whose links changed', dirtyQuery(100)],
  ] as const)('read %s without walking a table', async (_, query) => {
    expect(await walked({ getSQL: () => query })).toEqual([]);
  });
});

describe('the pages of rules, clusters and lists', () => {
  let api: Api;
  let reader: Awaited<ReturnType<typeof logIn>>;
  beforeAll(async () => {
    const clock = { now: () => new Date() };
    const law = await createLiveLaw(base.db, clock, () => undefined);
    api = await createApi({
      db: base.db,
      config: loadConfig({}),
      clock,
      log: pino({ level: 'silent' }),
      readCapture: async () => ({ url: '', status: 200, headers: [], body: Buffer.from('') }),
      content: { put: async () => '', get: async () => null },
      startRun: async () => ({ runId: RUN }),
      stopRun: async () => {},
      rules: createRuleDesk(law),
      uiDir: 'review-ui/dist',
      version: '0',
    });
    await addUser(base.db, 'reader', ['reviewer', 'approver', 'operator', 'admin'], clock.now());
    reader = await logIn(api, 'reader');
  });
  afterAll(() => api.close());

  /** What a GET asks the store for, and which tables that walks whole. */
  async function read(url: string): Promise<{ next: string | null; walked: string[] }> {
    let next: string | null = null;
    const sent = await recordQueries(base.pool, async () => {
      const answer = await reader.get(url);
      expect(answer.statusCode, `${url} ${answer.body.slice(0, 300)}`).toBe(200);
      next = answer.json<{ nextCursor?: string | null }>().nextCursor ?? null;
    });
    // The session alone is one question; a page that asked nothing more would prove nothing.
    expect(sent.length, url).toBeGreaterThan(1);
    const whole: string[] = [];
    for (const { text, values } of sent.filter((one) => /^\s*(select|with)/i.test(one.text))) {
      const { rows } = await base.pool.query<Explained>(`explain (format json) ${text}`, values);
      whole.push(...walkedBy(rows).map((table) => `${table}: ${text.replaceAll(/\s+/g, ' ').slice(0, 300)}`));
    }
    return { next, walked: whole };
  }

  it.each([
    ['/rules?limit=50', true],
    ['/rules?pack=age', false],
    ['/rules/gender.only-male', false],
    ['/rules/gender.only-male/findings?state=rejected', true],
    ['/rules/gender.only-male/findings?state=open&limit=5', true],
    ['/rule-alarms', false],
    [`/rule-alarms?run=${RUN}`, false],
    ['/drift', false],
    ['/rule-revisions', true],
    ['/rule-revisions?state=shadow', false],
    ['/rule-revisions?pack=p7', false],
    [`/rule-revisions/${fixed(17, 77)}`, false],
    ['/rule-packs/age', false],
    ['/rule-jobs', true],
    [`/rule-jobs?revisionId=${fixed(17, 77)}`, false],
    [`/rule-differences/${fixed(18, 7)}?change=added&limit=20`, true],
    ['/clusters', true],
    [`/clusters/${fixed(13, 77)}`, false],
    [`/accounts/${fixed(1, 77)}/party`, false],
    ['/licence-lists?limit=20', true],
    [`/licences?q=${encodeURIComponent('云汀4321')}`, false],
    ['/licences?q=U4321', false],
  ] as const)('%s walks no table, nor does its second page', async (url, more) => {
    const first = await read(url);
    expect(first.walked).toEqual([]);
    expect(first.next !== null, 'a second page').toBe(more);
    if (first.next) expect((await read(`${url}${url.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(first.next)}`)).walked).toEqual([]);
  });
});
