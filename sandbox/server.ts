/**
 * The sandbox platform: three faces and a notice desk on four loopback ports, over one generated world. It plays
 * the outside world for demos and tests, so it knows nothing of our parsers and rules.
 */
import path from 'node:path';
import { PinchaError } from '../core/errors.ts';
import { type BoardManners, boardFace, DEFAULT_MANNERS } from './faces/board.ts';
import { feedFace } from './faces/feed.ts';
import { createRequestLog, type Face, type Listening, plain, type RequestLog, serveFace } from './faces/http.ts';
import { type Behaviour, type NoticeDesk, openNoticeDesk } from './faces/notice-desk.ts';
import { wechatFace } from './faces/wechat.ts';
import { writeLists } from './licence-list.ts';
import { openState, type StateStore } from './state.ts';
import type { SandboxPlatform, World } from './world/model.ts';
import { viewWorld, type WorldView } from './world/view.ts';

export interface SandboxOptions {
  readonly world: World;
  /** Loopback only; default 127.0.0.1. */
  readonly host?: string;
  /** First of four ports in a row; 0 (default) takes those of the state file when free, else any. */
  readonly port?: number;
  /** Signing secret of notices and receipts: base64, with or without `whsec_`. */
  readonly noticeSecret: string;
  /** Receipts go to `<notifyUrl>/<noticeId>/receipts`; may be set later. */
  readonly notifyUrl?: string;
  /** JSON file that keeps suspensions and receipts across restarts; null or absent keeps them in memory. */
  readonly stateFile?: string | null;
  /** Folder the official lists are written to, as .xlsx; absent: beside the state file, or not at all. */
  readonly listsFolder?: string;
  readonly now?: () => Date;
  readonly manners?: Partial<BoardManners>;
  /** Least and most delay of a receipt in ms; default 50-300. */
  readonly receiptDelayMs?: readonly [number, number];
}

export interface Source {
  readonly platform: SandboxPlatform;
  readonly name: string;
  readonly url: string;
}

export interface Sandbox {
  readonly world: World;
  /** Origin of each face, e.g. `http://127.0.0.1:40001`. */
  readonly origins: Readonly<Record<SandboxPlatform, string>>;
  /** Origin of the public-account face, kept for whoever needs just one. */
  readonly origin: string;
  /** Where notices are posted. */
  readonly noticeUrl: string;
  /** `host:port` of every face and the desk: what a fetcher's address guard must be told to allow. */
  readonly hosts: readonly string[];
  /** Where a crawl begins: one a public account, one for the whole board, one a feed. */
  readonly sources: readonly Source[];
  /** The licence list on disk, null when nowhere to write it was given. */
  readonly licenceListPath: string | null;
  /** The invented business register on disk, likewise. */
  readonly companyListPath: string | null;
  readonly log: RequestLog;
  readonly view: WorldView;
  accountUrl(platform: SandboxPlatform, externalId: string): string;
  postUrl(platform: SandboxPlatform, id: string): string;
  isSuspended(platform: SandboxPlatform, externalId: string): boolean;
  setNotifyUrl(url: string | null): void;
  setBehaviour(platform: SandboxPlatform, behaviour: Behaviour): void;
  /** The next `count` notice deliveries are answered 503. */
  fail(count: number): void;
  /** Resolves when every receipt that can be sent has been sent. */
  receiptsSent(): Promise<void>;
  close(): Promise<void>;
}

const ORDER = ['sandbox-wechat', 'sandbox-board', 'sandbox-feed'] as const satisfies readonly SandboxPlatform[];
const LOOPBACK = /^(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|localhost)$/;

/** Binds the faces one by one; the state file's ports are a wish, given ones are an order. */
async function bind(faces: readonly Face[], host: string, first: number, state: StateStore, log: RequestLog): Promise<Listening[]> {
  const open: Listening[] = [];
  try {
    for (const [i, face] of faces.entries()) {
      const wish = state.value.ports[i] ?? 0;
      if (first > 0) open.push(await serveFace(face, host, first + i, log));
      else open.push(await serveFace(face, host, wish, log).catch((thrown: unknown) => (wish === 0 ? Promise.reject(thrown) : serveFace(face, host, 0, log))));
    }
  } catch (thrown) {
    await Promise.all(open.map((l) => l.close()));
    throw thrown;
  }
  return open;
}

const PATHS: Record<SandboxPlatform, { account: (id: string) => string; post: (id: string) => string }> = {
  'sandbox-wechat': { account: (id) => `/account/${id}`, post: (id) => `/s/${id}` },
  'sandbox-board': { account: (id) => `/company/${id}`, post: (id) => `/job/${id}.html` },
  'sandbox-feed': { account: (id) => `/u/${id}`, post: (id) => `/p/${id}` },
};

function sourcesOf(world: World, origins: Record<SandboxPlatform, string>): Source[] {
  const perAccount = world.accounts
    .filter((a) => a.platform !== 'sandbox-board' && a.hiddenUntil === null)
    .map((a) => ({ platform: a.platform, name: a.name, url: origins[a.platform] + PATHS[a.platform].account(a.externalId) }));
  const board: Source = { platform: 'sandbox-board', name: '云栖人才网（演示）', url: `${origins['sandbox-board']}/jobs` };
  return [...perAccount.filter((s) => s.platform === 'sandbox-wechat'), board, ...perAccount.filter((s) => s.platform === 'sandbox-feed')];
}

/** Faces are for looking at. */
const readOnly =
  (face: Face): Face =>
  (request) =>
    request.method === 'GET' || request.method === 'HEAD' ? face(request) : { ...plain('Method Not Allowed', 405), headers: { allow: 'GET, HEAD' } };

function facesOf(view: WorldView, state: StateStore, desk: NoticeDesk, manners: BoardManners): Face[] {
  const note = (account: { platform: string; externalId: string }): string => {
    const found = state.value.suspended[`${account.platform}/${account.externalId}`];
    return found ? `依主管部门处置通知 ${found.noticeId} 处理` : '';
  };
  return [...[wechatFace(view, note), boardFace(view, manners), feedFace(view, `s${view.world.seed}`)].map(readOnly), desk.face];
}

/**
 * Starts the sandbox.
 * @throws PinchaError INPUT_INVALID for an address outside loopback, PORT_TAKEN, FILE_UNREADABLE for a broken state file
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { world, host = '127.0.0.1', now = () => new Date(), stateFile = null } = options;
  if (!LOOPBACK.test(host)) throw new PinchaError('INPUT_INVALID', { field: 'host', reason: 'the sandbox listens on loopback only' });
  const state = openState(stateFile, world.seed, `${world.asOf}T00:00:00.000Z`);
  const view = viewWorld(world, state, now);
  const desk = openNoticeDesk({ view, state, secret: options.noticeSecret, now, receiptDelayMs: options.receiptDelayMs ?? [50, 300] });
  const log = createRequestLog();
  const faces = facesOf(view, state, desk, { ...DEFAULT_MANNERS, ...options.manners });
  const open = await bind(faces, host, options.port ?? 0, state, log);
  state.update((s) => {
    s.ports = open.map((l) => l.port);
  });
  const origins = Object.fromEntries(ORDER.map((platform, i) => [platform, open[i]?.origin ?? ''])) as Record<SandboxPlatform, string>;
  const listsFolder = options.listsFolder ?? (stateFile === null ? null : path.dirname(stateFile));
  const lists = listsFolder === null ? null : await writeLists(world, listsFolder);
  desk.setNotifyUrl(options.notifyUrl ?? null);
  return {
    world,
    origins,
    origin: origins['sandbox-wechat'],
    noticeUrl: `${open[3]?.origin ?? ''}/notices`,
    hosts: open.map((l) => l.host),
    sources: sourcesOf(world, origins),
    licenceListPath: lists?.licences ?? null,
    companyListPath: lists?.companies ?? null,
    log,
    view,
    accountUrl: (platform, id) => origins[platform] + PATHS[platform].account(id),
    postUrl: (platform, id) => origins[platform] + PATHS[platform].post(id),
    isSuspended: (platform, externalId) => view.isSuspended({ platform, externalId }),
    setNotifyUrl: desk.setNotifyUrl,
    setBehaviour: desk.setBehaviour,
    fail: desk.fail,
    receiptsSent: desk.idle,
    close: async () => {
      await desk.close();
      await Promise.all(open.map((l) => l.close()));
    },
  };
}
