/**
 * A database with one platform, one account and its sealed posts, three people, and the API on top: what the tests of
 * the desk's API start from. Time is the test's own, so that sessions and leases end when the test says so.
 */
import pino from 'pino';
import { hashPassword } from '../../../api/auth/password.ts';
import { type Api, type ApiDeps, createApi } from '../../../api/server.ts';
import { newSecret } from '../../../cases/notice/sign.ts';
import type { Clock } from '../../../core/clock.ts';
import { loadConfig } from '../../../core/config.ts';
import { sha256 } from '../../../core/digest.ts';
import { newId } from '../../../core/ids.ts';
import type { Actor, Role } from '../../../core/model/role.ts';
import { EMPTY_COUNTS } from '../../../core/model/run.ts';
import type { FindingKind, Level } from '../../../core/model/taxonomy.ts';
import type { ContentStore } from '../../../core/ports.ts';
import { openOrAttachCase } from '../../../db/repositories/case.ts';
import { createUser } from '../../../db/repositories/user.ts';
import { account, capture, finding, platform, post, postVersion, run } from '../../../db/schema/index.ts';
import { freshDatabase } from '../../support/database.ts';

export const PASSWORD = 'korrekt-pferd-9';
export const SYSTEM: Actor = { id: 'system', name: '系统', kind: 'service', roles: [] };
export const RAW = '<html><script>alert(1)</script>入职交服装费300元 电话13800131234</html>';
const SHOT = Buffer.from('89504e470d0a1a0a', 'hex');

export type World = Awaited<ReturnType<typeof makeWorld>>;
type Db = Awaited<ReturnType<typeof freshDatabase>>['db'];

/** argon2 is slow on purpose: one digest serves everybody. */
let digest: Promise<string> | null = null;
const passwordHash = (): Promise<string> => {
  digest ??= hashPassword(PASSWORD);
  return digest;
};

export async function addUser(db: Db, login: string, roles: Role[], now: Date): Promise<string> {
  const id = await createUser(db, { login, name: `${login}同志`, passwordHash: await passwordHash(), roles, mustChangePassword: false, now });
  if (!id) throw new Error('taken');
  return id;
}

/** One account with posts that each carry one finding, sealed, and a case opened over them. */
export async function addCase(
  db: Db,
  now: Date,
  options: { name?: string; priority?: number; posts?: number; kind?: FindingKind; level?: Level } = {},
): Promise<{ caseId: string; accountId: string }> {
  const { name = '快捷招工', priority = 80, posts = 2, kind = 'charging-jobseekers', level = 'statutory' } = options;
  const accountId = newId();
  const seen = { firstSeenAt: now, lastSeenAt: now };
  const facts = { name, subjectName: '某某信息咨询有限公司', subjectType: 'agency' as const, status: 'active' as const };
  await db
    .insert(account)
    .values({ id: accountId, platform: 'board', externalId: accountId, url: `http://board.test/a/${accountId}`, score: priority, ...facts, ...seen });
  for (let i = 0; i < posts; i += 1) {
    const ids = { postId: newId(), captureId: newId() };
    const text = '诚聘普工,入职交服装费300元,电话13800131234。';
    const url = `http://board.test/p/${ids.postId}`;
    const place = { sha256: sha256(RAW), warcFile: 'a.warc', warcOffset: 0, warcLength: 9, size: RAW.length };
    await db.insert(capture).values({
      id: ids.captureId,
      accountId,
      kind: 'post',
      url,
      finalUrl: url,
      outcome: 'ok',
      status: 200,
      via: 'http',
      fetchedAt: now,
      shotSha256: sha256(SHOT),
      shotFrom: 'sealed',
      ...place,
    });
    const content = { title: '普工', text, input: { text, contacts: ['13800131234'] }, contentSha256: sha256(text), captureId: ids.captureId };
    await db.insert(post).values({
      id: ids.postId,
      accountId,
      platform: 'board',
      externalId: ids.postId,
      url,
      status: 'live',
      version: 1,
      level,
      score: priority,
      ...content,
      ...seen,
    });
    await db.insert(postVersion).values({
      id: newId(),
      postId: ids.postId,
      version: 1,
      contentSha256: content.contentSha256,
      input: content.input,
      captureId: ids.captureId,
      seenAt: now,
    });
    await db.insert(finding).values({
      id: newId(),
      accountId,
      postId: ids.postId,
      postVersion: 1,
      dedupeKey: newId(),
      kind,
      level,
      score: 0.9,
      source: 'rule',
      by: 'fee.clothing@1',
      field: 'text',
      quote: '入职交服装费300元',
      start: 5,
      end: 15,
      articles: [{ id: 'employment-promotion-2015.41', instrument: '就业促进法', article: '第四十一条', version: '2015-04-24', verified: false }],
      exempt: false,
      why: '要求劳动者交费',
      state: 'open',
      createdAt: now,
    });
  }
  const wish = {
    accountId,
    priority,
    contributions: [{ label: '收费', points: priority }],
    hook: '入职交服装费300元',
    hookKind: kind,
    dueAt: new Date(now.getTime() + 5 * 86_400_000),
    year: '2026',
  };
  const opened = await db.transaction((tx) => openOrAttachCase(tx, wish, SYSTEM, now));
  if (!opened) throw new Error('no case');
  return { caseId: opened.caseId, accountId };
}

export async function makeWorld(env: Record<string, string> = {}, uiDir = 'review-ui/dist', more: (db: Db, clock: Clock) => Partial<ApiDeps> = () => ({})) {
  const { db, close } = await freshDatabase();
  let now = new Date();
  const clock = { now: () => now };
  const secret = newSecret();
  await db.insert(platform).values([
    { id: 'board', name: '演示招聘板', noticeUrl: null, secret, createdAt: now },
    { id: 'other', name: '另一平台', noticeUrl: null, secret: newSecret(), createdAt: now },
  ]);
  const bodies = new Map<string, Buffer>();
  const files = new Map<string, Buffer>([[sha256(SHOT), SHOT]]);
  const content: ContentStore = {
    put: async (b) => {
      files.set(sha256(b), b);
      return sha256(b);
    },
    get: async (digestOf) => files.get(digestOf) ?? null,
  };
  const runId = newId();
  const api: Api = await createApi({
    db,
    config: loadConfig({ PINCHA_SESSION_HOURS: '1', ...env }),
    clock,
    log: pino({ level: 'silent' }),
    readCapture: async (place) => ({ url: '', status: 200, headers: [], body: bodies.get(place.sha256) ?? Buffer.from(RAW) }),
    content,
    startRun: async () => {
      await db
        .insert(run)
        .values({ id: runId, kind: 'demand', runDate: '2026-11-23', state: 'running', counts: { ...EMPTY_COUNTS }, startedBy: 'x', startedAt: now })
        .onConflictDoNothing();
      return { runId };
    },
    stopRun: async () => {},
    screen: (posts) => posts.map((p) => ({ id: p.id ?? null, score: 0, level: 'none' as const, findings: [] })),
    uiDir,
    version: '0.1.0',
    ...more(db, clock),
  });
  const people = {
    ann: await addUser(db, 'ann', ['reviewer'], now),
    bob: await addUser(db, 'bob', ['approver'], now),
    both: await addUser(db, 'both', ['reviewer', 'approver'], now),
    ops: await addUser(db, 'ops', ['operator'], now),
    sue: await addUser(db, 'sue', ['supervisor'], now),
  };
  return {
    db,
    api,
    secret,
    content,
    /** Sealed bytes by their digest; RAW where there are none. */
    bodies,
    people,
    runId,
    clock,
    pass: (ms: number) => {
      now = new Date(now.getTime() + ms);
    },
    client: (login: string) => logIn(api, login),
    close: async () => {
      await api.close();
      await close();
    },
  };
}

/** A browser of one person: keeps the cookie and the csrf token. */
export async function logIn(api: Api, login: string, password = PASSWORD) {
  const answer = await api.inject({ method: 'POST', url: '/api/v1/login', payload: { login, password } });
  if (answer.statusCode !== 200) throw new Error(answer.body);
  const cookie = answer.cookies[0]!;
  const headers = { cookie: `${cookie.name}=${cookie.value}` };
  const { csrf } = answer.json<{ csrf: string }>();
  return {
    cookie,
    headers,
    csrf,
    get: (url: string) => api.inject({ method: 'GET', url: `/api/v1${url}`, headers }),
    post: (url: string, payload: object = {}) => api.inject({ method: 'POST', url: `/api/v1${url}`, headers: { ...headers, 'x-csrf': csrf }, payload }),
  };
}
