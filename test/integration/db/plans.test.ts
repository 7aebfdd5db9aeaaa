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
import { fill, fixed, RUN, USER } from '../../support/filled-store.ts';
import { recordQueries } from '../../support/recorded-queries.ts';
import { addUser, logIn } from '../api/world.ts';

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
  await fill(base);
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
