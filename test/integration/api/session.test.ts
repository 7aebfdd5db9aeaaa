/** The door: passwords, lockout, sessions that end, csrf, roles, and errors that name the field. */
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appUser, auditEntry, session } from '../../../db/schema/index.ts';
import { addCase, logIn, makeWorld, PASSWORD, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world.close());

const login = (name: string, password: string) => world.api.inject({ method: 'POST', url: '/api/v1/login', payload: { login: name, password } });
const code = (answer: { json: () => { error?: { code: string } } }): string => answer.json().error?.code ?? '';

describe('logging in', () => {
  it('answers who I am, with a cookie scripts cannot read', async () => {
    const ann = await world.client('Ann ');
    expect(ann.cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/' });
    const me = (await ann.get('/me')).json();
    expect(me.user).toMatchObject({ login: 'ann', roles: ['reviewer'] });
    expect(me.user.capabilities).toContain('case.review');
    expect(me.csrf).toBe(ann.csrf);
  });

  it('stores no token, only its digest', async () => {
    const ann = await world.client('ann');
    const rows = await world.db.select().from(session);
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain(ann.cookie.value);
  });

  it('says the same of a wrong password and an unknown login', async () => {
    const [wrong, unknown] = [await login('ann', 'nein'), await login('nobody', 'nein')];
    expect([wrong.statusCode, unknown.statusCode]).toEqual([401, 401]);
    expect(wrong.json()).toEqual(unknown.json());
    expect(code(wrong)).toBe('LOGIN_FAILED');
  });

  it('locks a login after ten wrong passwords, for a while, even for the right one', async () => {
    for (let i = 0; i < 10; i += 1) expect(code(await login('ops', 'nein'))).toBe('LOGIN_FAILED');
    const locked = await login('ops', PASSWORD);
    expect([locked.statusCode, code(locked)]).toEqual([429, 'LOGIN_LOCKED']);
    expect(locked.json().error.message).toContain('15');
    world.pass(15 * 60_000 + 1);
    expect((await login('ops', PASSWORD)).statusCode).toBe(200);
    const [user] = await world.db.select().from(appUser).where(eq(appUser.login, 'ops'));
    expect(user).toMatchObject({ failedLogins: 0, lockedUntil: null });
    const failures = await world.db.select().from(auditEntry).where(eq(auditEntry.action, 'login.failed'));
    expect(failures.filter((f) => f.subjectId === world.people.ops)).toHaveLength(10);
  });
});

describe('a session', () => {
  it('ends: SESSION_EXPIRED afterwards, and its row is gone', async () => {
    const ann = await world.client('ann');
    expect((await ann.get('/queue')).statusCode).toBe(200);
    world.pass(3_600_000);
    const late = await ann.get('/queue');
    expect([late.statusCode, code(late)]).toEqual([401, 'SESSION_EXPIRED']);
    expect((await world.db.select().from(session)).some((s) => s.csrf === ann.csrf)).toBe(false);
  });

  it('ends on logout, on a forged cookie there is none, and a person switched off has none', async () => {
    const ann = await world.client('ann');
    expect((await ann.post('/logout')).statusCode).toBe(200);
    expect(code(await ann.get('/me'))).toBe('SESSION_EXPIRED');
    expect(code(await world.api.inject({ url: '/api/v1/me', headers: { cookie: 'pincha_session=x' } }))).toBe('SESSION_EXPIRED');
    expect(code(await world.api.inject({ url: '/api/v1/queue' }))).toBe('SESSION_EXPIRED');
    const bob = await world.client('bob');
    await world.db.update(appUser).set({ active: false }).where(eq(appUser.login, 'bob'));
    expect(code(await bob.get('/me'))).toBe('SESSION_EXPIRED');
    expect(code(await login('bob', PASSWORD))).toBe('LOGIN_FAILED');
    await world.db.update(appUser).set({ active: true }).where(eq(appUser.login, 'bob'));
  });

  it('writes only with the csrf token of its own session', async () => {
    const [ann, both] = [await world.client('ann'), await world.client('both')];
    for (const headers of [ann.headers, { ...ann.headers, 'x-csrf': both.csrf }, { ...ann.headers, 'x-csrf': '' }]) {
      const answer = await world.api.inject({ method: 'POST', url: '/api/v1/queue/next', headers, payload: {} });
      expect([answer.statusCode, code(answer)]).toEqual([403, 'CSRF_INVALID']);
    }
  });

  it('refuses what the role may not, naming what is needed', async () => {
    const { caseId } = await addCase(world.db, world.clock.now());
    const [ops, ann] = [await world.client('ops'), await world.client('ann')];
    const denied = await ops.get(`/cases/${caseId}`);
    expect([denied.statusCode, code(denied)]).toEqual([403, 'FORBIDDEN']);
    expect(denied.json().error.message).toContain('查看案件');
    expect(code(await ann.post('/runs'))).toBe('FORBIDDEN');
    expect((await ops.post('/runs')).json()).toMatchObject({ id: world.runId, state: 'running' });
  });

  it('changes its password and ends the other sessions of the person', async () => {
    const [here, there] = [await world.client('both'), await world.client('both')];
    expect(code(await here.post('/password', { current: 'nein', next: 'neues-wort-12' }))).toBe('LOGIN_FAILED');
    expect((await here.post('/password', { current: PASSWORD, next: 'kurz' })).json().error.details.field).toBe('next');
    expect((await here.post('/password', { current: PASSWORD, next: 'neues-wort-12' })).statusCode).toBe(200);
    expect((await here.get('/me')).statusCode).toBe(200);
    expect(code(await there.get('/me'))).toBe('SESSION_EXPIRED');
    await expect(logIn(world.api, 'both', 'neues-wort-12')).resolves.toBeDefined();
  });
});

describe('bad input', () => {
  it('is answered INPUT_INVALID with the field', async () => {
    const ann = await world.client('ann');
    const wrong: [string, string][] = [
      ['/queue?limit=9999', 'limit'],
      ['/queue?state=weird', 'state'],
      ['/queue?cursor=abc', 'cursor'],
      ['/cases/42', 'id'],
      ['/notices?overdue=yes', 'overdue'],
    ];
    for (const [url, field] of wrong) {
      const answer = await ann.get(url);
      expect([url, answer.statusCode, code(answer), answer.json().error.details.field]).toEqual([url, 400, 'INPUT_INVALID', field]);
    }
    const { caseId } = await addCase(world.db, world.clock.now(), { name: '乙' });
    const bad = await ann.post(`/cases/${caseId}/actions`, { action: 'close', version: 1, outcome: 'enforced', reason: 'x' });
    expect(bad.json().error.details.field).toBe('outcome');
  });

  it('bounds bodies, refuses other types, broken JSON and text no database holds', async () => {
    const ann = await world.client('ann');
    const send = (payload: string, type: string) =>
      world.api.inject({ method: 'POST', url: '/api/v1/screen', headers: { ...ann.headers, 'x-csrf': ann.csrf, 'content-type': type }, payload });
    expect((await send(JSON.stringify({ posts: [{ text: 'x'.repeat(1_100_000) }] }), 'application/json')).statusCode).toBe(413);
    expect(code(await send('{"a"', 'application/json'))).toBe('INPUT_INVALID');
    expect(code(await send('a=1', 'text/csv'))).toBe('INPUT_INVALID');
    const { caseId } = await addCase(world.db, world.clock.now(), { name: '丙' });
    const nul = await ann.post(`/cases/${caseId}/actions`, { action: 'note', version: 1, text: 'a\u0000b' });
    expect([nul.statusCode, code(nul)]).toEqual([400, 'INPUT_INVALID']);
  });

  it('answers unknown addresses with a sentence, not a stack', async () => {
    const answer = await world.api.inject({ url: '/api/v1/nothing' });
    expect([answer.statusCode, code(answer)]).toEqual([404, 'NOT_FOUND']);
    expect(answer.headers['content-security-policy']).toContain("script-src 'self'");
  });
});
