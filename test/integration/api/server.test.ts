/** Around the API: the UI's files, first steps with a one-time password, and the brake on guessing. */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashPassword, oneTimePassword } from '../../../api/auth/password.ts';
import { createUser } from '../../../db/repositories/user.ts';
import { addCase, logIn, makeWorld, PASSWORD, type World } from './world.ts';

let world: World;
let uiDir: string;
beforeAll(async () => {
  uiDir = await mkdtemp(path.join(tmpdir(), 'pincha-ui-'));
  await writeFile(path.join(uiDir, 'index.html'), '<!doctype html><title>聘查</title>');
  await writeFile(path.join(uiDir, 'app.js'), 'export {};');
  world = await makeWorld({ PINCHA_DEMO: '0' }, uiDir);
});
afterAll(async () => {
  await world.close();
  await rm(uiDir, { recursive: true });
});

const page = (url: string, accept = 'text/html') => world.api.inject({ url, headers: { accept } });

describe('the UI', () => {
  it('is served, and every address of a page is its own router’s', async () => {
    for (const url of ['/', '/queue', '/cases/42?tab=posts']) {
      const answer = await page(url);
      expect([url, answer.statusCode, answer.headers['cache-control']]).toEqual([url, 200, 'no-cache']);
      expect(answer.body).toContain('聘查');
    }
    expect((await page('/app.js', '*/*')).headers['content-type']).toContain('javascript');
  });

  it('never answers for the API, a missing file, or a path outside its folder', async () => {
    for (const [url, accept] of [
      ['/api/v1/nothing', 'text/html'],
      ['/missing.js', '*/*'],
      ['/../package.json', '*/*'],
      ['/%2e%2e/package.json', '*/*'],
    ] as const) {
      const answer = await page(url, accept);
      expect([url, answer.statusCode]).toEqual([url, 404]);
      expect(answer.json().error.code).toBe('NOT_FOUND');
    }
  });

  it('runs own scripts only and stands in no foreign frame', async () => {
    const csp = String((await page('/')).headers['content-security-policy']);
    expect(csp).toContain("script-src 'self'");
    expect(csp).toContain("frame-ancestors 'self'");
    expect(csp).not.toContain('upgrade-insecure-requests');
  });
});

describe('first steps', () => {
  it('hold everything back until the one-time password was changed', async () => {
    const given = oneTimePassword();
    expect(given).toMatch(/^[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}$/);
    await createUser(world.db, {
      login: 'neu',
      name: '新人',
      passwordHash: await hashPassword(given),
      roles: ['reviewer'],
      mustChangePassword: true,
      now: world.clock.now(),
    });
    const neu = await logIn(world.api, 'neu', given);
    expect((await neu.get('/me')).json().user.mustChangePassword).toBe(true);
    expect((await neu.get('/queue')).json().error.code).toBe('FORBIDDEN');
    expect((await neu.post('/password', { current: given, next: given })).json().error.details.field).toBe('next');
    expect((await neu.post('/password', { current: given, next: PASSWORD })).statusCode).toBe(200);
    expect((await neu.get('/queue')).statusCode).toBe(200);
    expect((await neu.get('/me')).json()).toMatchObject({ demo: false, user: { mustChangePassword: false } });
  });
});

describe('words that PostgreSQL cannot keep', () => {
  it('are refused by name when they are written down', async () => {
    const both = await world.client('both');
    const { caseId } = await addCase(world.db, world.clock.now());
    const { version } = (await both.get(`/cases/${caseId}`)).json<{ version: number }>();
    for (const text of ['限\0男', '限\ud800男', '\udc00']) {
      const answer = await both.post(`/cases/${caseId}/actions`, { action: 'note', version, text });
      expect([text, answer.statusCode, answer.json().error.details.reason]).toEqual([text, 400, '含有不能存储的字符']);
    }
    expect((await both.post(`/cases/${caseId}/actions`, { action: 'note', version, text: 'C:\\u0000\\ud800' })).statusCode).toBe(200);
  });
});

describe('the end', () => {
  it('does not wait for connections over which nothing was asked', async () => {
    const own = await makeWorld({});
    const url = new URL(await own.api.listen({ port: 0, host: '127.0.0.1' }));
    const silent = connect(Number(url.port), url.hostname);
    const ended = once(silent, 'close');
    await once(silent, 'connect');
    expect((await fetch(new URL('/healthz', url))).status).toBe(200);
    // Left alone it would stay for a minute, longer than this test may take.
    await own.close();
    await ended;
  }, 20_000);
});

describe('guessing', () => {
  it('is braked per address', async () => {
    const tries: Awaited<ReturnType<typeof page>>[] = [];
    for (let i = 0; i < 70; i += 1) tries.push(await world.api.inject({ method: 'POST', url: '/api/v1/login', payload: { login: '' } }));
    const codes = tries.map((t) => t.json().error.code);
    expect(codes.filter((c) => c === 'LOGIN_LOCKED').length).toBeGreaterThan(5);
    expect([...new Set(codes)].sort()).toEqual(['INPUT_INVALID', 'LOGIN_LOCKED']);
    expect(tries.find((t) => t.statusCode === 429)?.json().error.message).toContain('分钟后再试');
  });
});
