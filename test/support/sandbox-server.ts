/** A running sandbox for its tests: started with a world of its own, visited as a stranger and written to as an authority; closed after each test. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, expect } from 'vitest';
import { type NoticeBody, receiptSchema } from '../../core/model/notice.ts';
import { generateWorld } from '../../sandbox/generate.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/server.ts';
import { loadTexts } from '../../sandbox/texts/load.ts';
import type { SandboxAccount, SandboxPlatform, SandboxPost } from '../../sandbox/world/model.ts';

export const SECRET = `whsec_${Buffer.from('a sandbox secret of thirty bytes').toString('base64')}`;
const CALM = { refuseEvery: 0, breakAt: 0 };

export const world = generateWorld({ seed: 7, texts: loadTexts() });
const running: { close(): Promise<void> }[] = [];
let folder = '';
/** A folder of this test alone. */
export const own = (name = ''): string => path.join(folder, name);

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pincha-sandbox-'));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((r) => r.close()));
  await rm(folder, { recursive: true, force: true });
});

/** Closes it after the test. */
export function closing<T extends { close(): Promise<void> }>(what: T): T {
  running.push(what);
  return what;
}
/** Closes it now. */
export async function closeNow(what: { close(): Promise<void> }): Promise<void> {
  running.splice(running.indexOf(what), 1);
  await what.close();
}
export const start = async (options: Partial<SandboxOptions> = {}): Promise<Sandbox> =>
  closing(await startSandbox({ world, noticeSecret: SECRET, manners: CALM, receiptDelayMs: [1, 5], ...options }));

export const accountOf = (platform: SandboxPlatform, fits: (a: SandboxAccount) => boolean = () => true): SandboxAccount =>
  world.accounts.find((a) => a.platform === platform && a.hiddenUntil === null && !a.walled && fits(a))!;
export const accountById = (id: string): SandboxAccount => world.accounts.find((a) => a.externalId === id)!;
export const postOf = (fits: (p: SandboxPost) => boolean): SandboxPost =>
  world.posts.find((p) => fits(p) && !accountById(p.account).walled && accountById(p.account).hiddenUntil === null)!;
export const page = async (url: string): Promise<string> => (await fetch(url)).text();

export const notice = (platform: SandboxPlatform, account: string, more: Partial<NoticeBody> = {}): NoticeBody => ({
  schemaVersion: '1',
  noticeId: `n-${platform}-${account}`,
  number: '演示〔2026〕1号',
  issuer: '演示市人力资源和社会保障局',
  demo: true,
  platform,
  supersedes: null,
  target: { type: 'account', platformAccountId: account, url: null, nameAtCapture: '账号' },
  measure: 'suspend_service',
  effectiveFrom: '2026-11-23T00:00:00.000Z',
  until: null,
  facts: '疑似',
  findings: [],
  evidence: [],
  redress: '可陈述申辩',
  ackDue: '2026-11-25T00:00:00.000Z',
  actDue: '2026-11-30T00:00:00.000Z',
  contact: '010-00000000',
  ...more,
});

export function send(sandbox: Sandbox, body: NoticeBody | string, change: Record<string, string> = {}): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const at = new Date();
  const signature = new Webhook(SECRET).sign('msg_1', at, text);
  const headers = {
    'content-type': 'application/json',
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': signature,
    ...change,
  };
  return fetch(sandbox.noticeUrl, { method: 'POST', headers, body: text });
}
/** Delivers and expects the last of `times` attempts to be taken. */
export async function deliver(sandbox: Sandbox, body: NoticeBody, times = 1): Promise<number[]> {
  const statuses: number[] = [];
  for (let i = 0; i < times; i += 1) statuses.push((await send(sandbox, body)).status);
  expect(statuses.at(-1)).toBe(200);
  return statuses;
}

interface Inbox {
  readonly url: string;
  readonly got: { id: string; noticeId: string; kind: string; actedAt: string | null; reason: string | null }[];
}
/** A receiver of receipts that checks signature and shape; `refuse` answers that many with 503 first. */
export async function inbox(refuse = 0): Promise<Inbox> {
  const got: Inbox['got'] = [];
  let left = refuse;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (left > 0) {
      left -= 1;
      response.writeHead(503).end();
      return;
    }
    const headers = request.headers as Record<string, string>;
    const receipt = receiptSchema.parse(new Webhook(SECRET).verify(Buffer.concat(chunks), headers));
    got.push({
      id: headers['webhook-id']!,
      noticeId: /\/([^/]+)\/receipts$/.exec(request.url ?? '')![1]!,
      kind: receipt.kind,
      actedAt: receipt.actedAt ?? null,
      reason: receipt.reason ?? null,
    });
    response.writeHead(200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing({ close: () => new Promise((resolve) => server.close(() => resolve())) });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/notices`, got };
}
