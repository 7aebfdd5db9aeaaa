/**
 * Replay of an exported package in a real Chromium: ReplayWeb.page opens it on a host name of its own and shows the
 * sealed words, and a hostile archived script reaches neither the desk, nor its cookie, nor the tab it runs in.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Frame, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Replayed, type ReplayHost, startReplay } from '../../api/replay/server.ts';
import { type BrowserHost, createBrowserHost } from '../../bin/browser.ts';
import { systemClock } from '../../core/clock.ts';
import { makePackage, PAGES } from '../support/evidence-package.ts';

let home = '';
let host: BrowserHost;
let replay: ReplayHost;
let desk: Server;
let deskUrl = '';
let context: BrowserContext;
let page: Page;
/** Every request that reached the desk, with its cookie. */
const seen: string[] = [];

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'replay-home-'));
  host = createBrowserHost({ dataDir: home, log: () => undefined });
  desk = createServer((req, res) => {
    seen.push(`${req.method} ${req.url} ${req.headers.cookie ?? '-'}`);
    res.writeHead(200, { 'content-type': 'text/html', 'access-control-allow-origin': '*' }).end('<title>desk</title>secret');
  });
  desk.on('upgrade', (req, socket) => {
    seen.push(`upgrade ${req.url}`);
    socket.destroy();
  });
  await new Promise<void>((resolve) => desk.listen(0, '127.0.0.1', resolve));
  deskUrl = `http://127.0.0.1:${(desk.address() as AddressInfo).port}`;
  replay = await startReplay({ clock: systemClock, host: '127.0.0.1', port: 0, publicUrl: null });
});
afterAll(async () => {
  await host.close();
  await replay.close();
  await new Promise((resolve) => desk.close(resolve));
  await rm(home, { recursive: true, force: true });
});
beforeEach(async () => {
  context = await (await host.get()).newContext({ locale: 'zh-CN' });
  await context.addCookies([{ name: 'pincha_session', value: 'the-key', url: deskUrl, httpOnly: true, sameSite: 'Strict' }]);
  page = await context.newPage();
  seen.length = 0;
});
afterEach(() => context.close());

/** Opens a package and waits for the frame of an archived page that shows `words`. */
async function show(made: Pick<Replayed, 'file' | 'sha256' | 'first'>, words: string): Promise<Frame> {
  await page.goto(replay.open({ ...made, title: 'HR-2026-0001' }, '127.0.0.1'));
  for (const end = Date.now() + 25_000; Date.now() < end; ) {
    for (const frame of page.frames()) {
      const text = frame.url().includes('mp_/')
        ? await frame
            .locator('body')
            .allInnerTexts()
            .then(([all]) => all ?? '')
            .catch(() => '')
        : '';
      if (text.includes(words)) return frame;
    }
    await page.waitForTimeout(100);
  }
  throw new Error(
    `not shown; frames: ${page
      .frames()
      .map((f) => f.url())
      .join(' ')}`,
  );
}

it('shows the words of the post, from a name of its own', async () => {
  const made = await makePackage();
  const policies: string[] = [];
  page.on('response', (r) => void (r.url().includes('mp_/') && policies.push(r.headers()['content-security-policy'] ?? 'none')));
  const frame = await show(made, '入职交服装费三百元');
  // Ours, not ReplayWeb.page's own, which lets sockets go anywhere.
  expect(policies[0]).toMatch(/connect-src 'self' data: blob:;.*sandbox allow-scripts allow-same-origin$/);
  expect(new URL(frame.url()).hostname).toMatch(/^[0-9a-f]{32}\.localhost$/);
  expect(await page.locator('p').textContent()).toContain(made.sha256);
  expect(seen).toEqual([]);
});

it('leaves a hostile page with nothing: no desk, no cookie, no parent, no tab', async () => {
  const hostile = `<meta charset="utf-8"><h1>招工</h1><p id="p">专坑人</p><img src="${deskUrl}/img"><script src="${deskUrl}/script.js"></script>
    <iframe src="${deskUrl}/frame"></iframe><link rel="stylesheet" href="${deskUrl}/style.css"><form id="f" action="${deskUrl}/form" method="post"></form>
    <script>
      const done = {};
      const attempt = async (name, work) => { try { done[name] = String(await work()); } catch (e) { done[name] = 'refused'; } };
      const clean = () => { const f = document.createElement('iframe'); document.body.append(f); return f.contentWindow; };
      (async () => {
        await attempt('fetch', async () => (await clean().fetch('${deskUrl}/api/v1/cases', { credentials: 'include' })).text());
        await attempt('own fetch', async () => (await fetch('${deskUrl}/api/v1/queue', { credentials: 'include', mode: 'no-cors' })).text());
        await attempt('beacon', () => clean().navigator.sendBeacon('${deskUrl}/beacon', 'x'));
        await attempt('socket', () => new Promise((ok, no) => { const s = new (clean().WebSocket)('${deskUrl.replace('http', 'ws')}/ws'); s.onopen = ok; s.onerror = no; }));
        await attempt('worker', () => new Promise((ok) => {
          const text = "const t = (w) => w.then(String, () => 'refused');" +
            "Promise.all([t(fetch('${deskUrl}/worker', { mode: 'no-cors', credentials: 'include' }).then((r) => r.text())), t(new Promise((y, n) => { const s = new WebSocket('${deskUrl.replace('http', 'ws')}/wws'); s.onopen = y; s.onerror = n; }))]).then((r) => postMessage(r.join()));";
          const w = new Worker(URL.createObjectURL(new Blob([text])));
          w.onmessage = (e) => ok(e.data);
          w.onerror = () => ok('no worker');
          setTimeout(() => ok('silent'), 2000);
        }));
        await attempt('cookie', () => clean().document.cookie);
        await attempt('top document', () => clean().top.document.title);
        await attempt('frame', () => { clean().location = '${deskUrl}/frame2'; return 'set'; });
        await new Promise((ok) => setTimeout(ok, 1000));
        document.getElementById('p').textContent = '做完了' + JSON.stringify(done);
        await new Promise((ok) => setTimeout(ok, 500));
        await attempt('window', () => String(clean().open('${deskUrl}/window')));
        await attempt('form', () => HTMLFormElement.prototype.submit.call(document.getElementById('f')));
        await attempt('top', () => { clean().top.location = '${deskUrl}/top'; });
        await attempt('plain top', () => { top.location.href = '${deskUrl}/top2'; });
        await attempt('parent', () => { const d = clean().parent.parent.document; const a = d.createElement('a'); a.href = '${deskUrl}/link'; a.target = '_top'; d.body.append(a); a.click(); });
      })();
    </script>`;
  const made = await makePackage([{ ...PAGES[0]!, title: '招工', body: hostile, shot: false }]);
  const frame = await show(made, '做完了');
  const done = JSON.parse(((await frame.locator('#p').textContent()) ?? '').slice('做完了'.length)) as Record<string, string>;
  // ReplayWeb.page plays along with some of it; what counts is that nothing of ours came back or was reached.
  expect(Object.keys(done)).toEqual(expect.arrayContaining(['fetch', 'worker', 'socket', 'cookie', 'top document']));
  expect(JSON.stringify(done)).not.toContain('存证回放');
  expect(JSON.stringify(done)).not.toContain('secret');
  expect(JSON.stringify(done)).not.toContain('the-key');
  // After that it tries windows, forms and the tab itself.
  await page.waitForTimeout(2_000);
  expect(new URL(page.url()).hostname).toMatch(/^view-[0-9a-f]{32}\.localhost$/);
  expect(context.pages()).toHaveLength(1);
  expect(seen).toEqual([]);
});

it('answers to no other name, and not when its hour is over', async () => {
  const { file, sha256 } = await makePackage();
  const url = new URL(replay.open({ file, title: 'x', sha256, first: null }, 'localhost'));
  const name = url.hostname.slice('view-'.length);
  const ask = (hostName: string, path = '/package.wacz') =>
    new Promise<number>((resolve, reject) => {
      request({ host: '127.0.0.1', port: replay.port, path, headers: { host: hostName } }, (res) => resolve(res.resume().statusCode ?? 0))
        .on('error', reject)
        .end();
    });
  expect(await ask(`${name}:${replay.port}`)).toBe(200);
  expect(
    await Promise.all(
      [`127.0.0.1:${replay.port}`, `localhost:${replay.port}`, `${'0'.repeat(32)}.localhost:${replay.port}`, `${name.split('.')[0]}.evil.test`].map((n) =>
        ask(n),
      ),
    ),
  ).toEqual([421, 421, 421, 421]);
  expect(await ask(`${name}:${replay.port}`, '/../../package.json')).toBe(404);
  expect(() => replay.open({ file, title: 'x', sha256, first: null }, 'pincha.example')).toThrow(/PINCHA_REPLAY_URL/);
});
