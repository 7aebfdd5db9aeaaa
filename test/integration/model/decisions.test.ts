/** Reviewers' decisions out of the real store as labels, what they leave in the audit log, and drift over nights, by indexes. */
import { type SQLWrapper, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDecisions, tellDecisions } from '../../../bin/model-decisions.ts';
import { sha256 } from '../../../core/digest.ts';
import type { Finding } from '../../../core/model/finding.ts';
import type { Actor } from '../../../core/model/role.ts';
import { inTransaction } from '../../../db/connect.ts';
import { appendAudit, auditOf } from '../../../db/repositories/audit.ts';
import { type Post, postsOfAccount, saveAccount, savePost } from '../../../db/repositories/content.ts';
import { decidedQuery } from '../../../db/repositories/decision.ts';
import { addDrift, driftQuery, readDrift } from '../../../db/repositories/drift.ts';
import { addFindings } from '../../../db/repositories/finding.ts';
import { finding } from '../../../db/schema/index.ts';
import { countDrift } from '../../../queue/drift.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';

const NOW = new Date('2026-11-20T18:00:00Z');
const PERSON: Actor = { id: '00000000-0000-7000-8000-00000000000a', name: '复核人', kind: 'user', roles: ['approver'] };
const TEXT = '可以办学费分期，电话13812345678，限女性，加客服领资料';
let db: TestDatabase;
let posts: Post[] = [];

const found = (kind: Finding['kind'], quote: string, by = `${kind}@1`): Finding => ({
  kind,
  level: 'lead',
  score: 0.8,
  source: 'rule',
  by,
  field: 'text',
  quote,
  start: TEXT.indexOf(quote),
  end: TEXT.indexOf(quote) + quote.length,
  articles: [],
  exempt: false,
  why: '疑似',
});

beforeAll(async () => {
  db = await freshDatabase();
  const accountId = await inTransaction(db.db, async (tx) => {
    const id = await saveAccount(tx, {
      platform: 'board',
      input: { id: 'a', name: 'a', subjectType: 'agency', subjectName: '云汀市百川培训有限公司' },
      url: null,
      now: NOW,
    });
    const input = { id: 'p1', title: '招学徒', text: TEXT };
    await savePost(tx, {
      accountId: id,
      platform: 'board',
      externalId: 'p1',
      input,
      contentSha256: sha256(TEXT),
      captureId: null,
      publishedAt: null,
      now: NOW,
    });
    return id;
  });
  posts = await postsOfAccount(db.db, accountId);
  const on = { accountId, postId: posts[0]?.id ?? '', postVersion: 1, captureId: null };
  const all = [
    found('training-loan', '可以办学费分期'),
    found('gender-restriction', '限女性'),
    found('traffic-diversion', '加客服领资料'),
    found('age-limit', '13812345678'),
  ];
  await inTransaction(db.db, (tx) =>
    addFindings(
      tx,
      all.map((f) => ({ on, finding: f })),
      NOW,
    ),
  );
  const decide = (kind: string, state: string, reason: string | null) =>
    db.db.execute(sql`update ${finding} set state = ${state}, reject_reason = ${reason}, decided_at = ${NOW} where kind = ${kind}`);
  await decide('training-loan', 'confirmed', null);
  await decide('gender-restriction', 'rejected', 'lawful_exception');
  await decide('age-limit', 'confirmed', null);
});
afterAll(() => db.close());

describe('decisions in the store', () => {
  it('become labels with their words, masked, and what is undecided stays out', async () => {
    const { labels, summary } = await readDecisions(db.db);
    expect(labels).toHaveLength(1);
    expect(labels[0]).toMatchObject({
      labels: expect.arrayContaining([
        { code: 'TRN', quote: '可以办学费分期' },
        { code: 'AGE', quote: '138****5678' },
      ]),
      dismissed: [{ code: 'GEN', quote: '限女性' }],
      decided: ['age-limit', 'gender-restriction', 'training-loan'],
      source: 'decisions board',
    });
    expect(labels[0]?.post.text).toContain('138****5678');
    expect(JSON.stringify(labels)).not.toContain('13812345678');
    expect(summary).toMatchObject({ posts: 1, decisions: 3, from: NOW.toISOString(), kinds: { 'gender-restriction': { confirmed: 0, dismissed: 1 } } });
  });

  it('are told with what changed since they were noted', async () => {
    const { summary } = await readDecisions(db.db);
    await inTransaction(db.db, (tx) =>
      appendAudit(tx, [{ action: 'model.labels', subjectType: 'model', subjectId: 'model.labels', data: { ...summary } }], PERSON, NOW),
    );
    await db.db.execute(
      sql`update ${finding} set state = 'rejected', reject_reason = 'not_what_it_says', decided_at = ${NOW} where kind = 'traffic-diversion'`,
    );
    const [before] = await auditOf(db.db, 'model', 'model.labels', 1);
    const now = await readDecisions(db.db);
    expect(now.summary.data).not.toBe(summary.data);
    const words = tellDecisions(now.summary, before?.data as never).join('\n');
    expect(words).toContain('traffic-diversion: 确认 0，排除 1（+1）');
    expect(words).toMatch(/training-loan: 确认 1，排除 0$/m);
  });
});

describe('drift', () => {
  const day = (n: number): string => new Date(NOW.getTime() - n * 86_400_000).toISOString().slice(0, 10);
  const night = (n: number, platform: string, long: number, short: number) =>
    inTransaction(db.db, (tx) =>
      addDrift(tx, {
        day: day(n),
        platform,
        counts: [
          { measure: 'length', bucket: '0400-0799', posts: long },
          { measure: 'length', bucket: '0000-0049', posts: short },
        ],
      }),
    );

  it('is an alarm where the last three nights are made up otherwise, steady elsewhere, untold with few posts', async () => {
    for (let n = 0; n < 20; n += 1) {
      await night(n, 'moved', n < 3 ? 20 : 100, n < 3 ? 100 : 20);
      await night(n, 'steady', 100, 20);
      await night(n, 'few', 1, 1);
    }
    const rows = await readDrift(db.db, day(0));
    expect(rows.map((r) => [r.platform, r.state])).toEqual([
      ['moved', 'alarm'],
      ['', 'alarm'],
      ['steady', 'steady'],
    ]);
    expect(rows[0]).toMatchObject({ measure: 'length', recent: 360, reference: 17 * 120 });
    expect(rows[0]?.moved[0]?.now).toBeCloseTo(5 / 6);
  });

  it('counts length, kinds, score, and of one post in eight how strongly the model leans', () => {
    const post = posts[0] as Post;
    const result = { id: 'p1', score: 40, level: 'lead' as const, findings: [found('training-loan', '可以办学费分期'), found('training-loan', '限女性')] };
    const lean = () => [{ measure: 'margin/training-loan@m', bucket: '19' }];
    const ids = ['0', '1'].map((end) => ({ ...post, id: `${post.id.slice(0, -1)}${end}` }));
    expect(
      countDrift(
        ids.map((p) => ({ post: p, result })),
        lean,
      ),
    ).toEqual([
      { measure: 'kind', bucket: 'training-loan', posts: 2 },
      { measure: 'length', bucket: '0000-0049', posts: 2 },
      { measure: 'score', bucket: '0021-0040', posts: 2 },
      { measure: 'margin/training-loan@m', bucket: '19', posts: 1 },
    ]);
  });
});

describe('on many rows', () => {
  const plan = async (query: SQLWrapper): Promise<string> => JSON.stringify((await db.db.execute(sql`explain (format json) ${query}`)).rows);
  it('decisions and drift are read through an index', async () => {
    const post = posts[0] as Post;
    await db.db.execute(sql`insert into ${finding} (id, account_id, post_id, post_version, dedupe_key, kind, level, score, source, by, articles, exempt, why, state, created_at)
      select gen_random_uuid(), ${post.accountId}::uuid, ${post.id}::uuid, 1, 'k' || i, 'age-limit', 'advisory', 0.5, 'rule', 'x@1', '[]', false, '', 'open', now() from generate_series(1, 20000) i`);
    await db.db.execute(sql`insert into drift_night (day, platform, measure, bucket, posts)
      select to_char(date '2020-01-01' + (i / 50), 'YYYY-MM-DD'), 'board', 'kind', 'k' || i % 50, 1 from generate_series(1, 50000) i`);
    await db.db.execute(sql`analyze`);
    expect(await plan(decidedQuery(db.db, null, 1_000))).toContain('finding_decided');
    expect(await plan(driftQuery(db.db, '2022-01-31'))).toMatch(/"Index Name": ?"drift_night_[^"]*pk/);
  });
});
