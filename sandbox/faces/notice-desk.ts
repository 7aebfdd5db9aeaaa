/**
 * The platform's side of notices: checks the signature (Standard Webhooks), takes each notice once, acts as that
 * platform does — honestly, only by claiming, by refusing, or not at all — and sends signed receipts back, again
 * and again until they arrive, also after a restart.
 */
import { Webhook } from 'standardwebhooks';
import { canonicalJson, sha256 } from '../../core/digest.ts';
import { PinchaError, reasonOf } from '../../core/errors.ts';
import { type NoticeBody, noticeBodySchema, type Receipt } from '../../core/model/notice.ts';
import { accountKey, type PendingReceipt, type StateStore } from '../state.ts';
import { SANDBOX_PLATFORMS, type SandboxPlatform } from '../world/model.ts';
import type { WorldView } from '../world/view.ts';
import { type Face, type FaceRequest, json } from './http.ts';

export const BEHAVIOURS = ['honest', 'claims-only', 'refuses', 'silent'] as const;
/** How a platform treats notices: acts, only says so, refuses them, or acknowledges receipt to nobody. */
export type Behaviour = (typeof BEHAVIOURS)[number];

export interface DeskOptions {
  readonly view: WorldView;
  readonly state: StateStore;
  /** Base64, with or without `whsec_`. */
  readonly secret: string;
  readonly now: () => Date;
  /** Least and most delay before a receipt, ms. */
  readonly receiptDelayMs: readonly [number, number];
}

export interface NoticeDesk {
  readonly face: Face;
  setNotifyUrl(url: string | null): void;
  setBehaviour(platform: SandboxPlatform, behaviour: Behaviour): void;
  /** The next `count` deliveries are answered 503. */
  fail(count: number): void;
  /** Resolves when no receipt is being sent or waiting that can be sent. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

const isPlatform = (name: string): name is SandboxPlatform => (SANDBOX_PLATFORMS as readonly string[]).includes(name);
const SUSPENDING: ReadonlySet<NoticeBody['measure']> = new Set(['restrict_function', 'suspend_service', 'terminate_service']);
const MOST_ATTEMPTS = 200;

/** Carries the measure out in the world. */
function carryOut(notice: NoticeBody, options: DeskOptions): void {
  const { state, view, now } = options;
  const at = now().toISOString();
  const key = accountKey(notice.platform, notice.target.platformAccountId);
  state.update((s) => {
    s.changedAt = at;
    if (notice.measure === 'delete_post') {
      for (const { postUrl } of notice.findings) {
        const id = /\/(?:s|job|p)\/([A-Za-z0-9]+)(?:\.html)?$/.exec(postUrl ?? '')?.[1];
        if (id && isPlatform(notice.platform) && view.post(notice.platform, id)) s.deletedPosts[accountKey(notice.platform, id)] = notice.noticeId;
      }
    }
    // A notice that supersedes an earlier one replaces its measure, also by a milder one.
    if (notice.supersedes !== null && s.suspended[key]?.noticeId === notice.supersedes) delete s.suspended[key];
    if (SUSPENDING.has(notice.measure)) s.suspended[key] = { noticeId: notice.noticeId, at, measure: notice.measure, until: notice.until };
  });
}

/** Reads and checks a delivery. @throws PinchaError SIGNATURE_INVALID or INPUT_INVALID naming the field */
function readNotice(request: FaceRequest, webhook: Webhook): NoticeBody {
  let raw: unknown;
  try {
    raw = webhook.verify(request.body, { ...request.headers });
  } catch (thrown) {
    throw new PinchaError('SIGNATURE_INVALID', { reason: reasonOf(thrown) }, thrown);
  }
  const parsed = noticeBodySchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new PinchaError('INPUT_INVALID', { field: issue?.path.join('.') || 'body', reason: issue?.message ?? '' });
}

/** What a platform answers to a notice, in order. */
function receiptsFor(notice: NoticeBody, behaviour: Behaviour, known: boolean, reference: string, at: string): Receipt[] {
  if (behaviour === 'silent') return [];
  if (behaviour === 'refuses') return [{ kind: 'refused', reference, reason: 'disputed', detail: '平台认为该账号未违反平台规则' }];
  if (!known) return [{ kind: 'refused', reference, reason: 'not_found', detail: `本平台没有账号 ${notice.target.platformAccountId}` }];
  return [
    { kind: 'acknowledged', reference },
    { kind: 'acted', reference, actedAt: at },
  ];
}

/** Opens the notice desk of all three platforms. */
export function openNoticeDesk(options: DeskOptions): NoticeDesk {
  const { view, state, now } = options;
  const webhook = new Webhook(options.secret);
  const behaviours: Record<SandboxPlatform, Behaviour> = { 'sandbox-wechat': 'honest', 'sandbox-board': 'honest', 'sandbox-feed': 'claims-only' };
  const courier = createCourier(options, webhook);
  let failing = 0;

  const take = (notice: NoticeBody, platform: SandboxPlatform): void => {
    const behaviour = behaviours[platform];
    const known = view.account(platform, notice.target.platformAccountId) !== null;
    const reference = `${platform.slice('sandbox-'.length).toUpperCase()}-${sha256(notice.noticeId).slice(0, 10)}`;
    const at = now().toISOString();
    const receipts = receiptsFor(notice, behaviour, known, reference, at);
    if (known && behaviour === 'honest') carryOut(notice, options);
    state.update((s) => {
      s.notices[notice.noticeId] = { digest: sha256(canonicalJson(notice)), receivedAt: at, platform, target: notice.target.platformAccountId, reference };
      for (const receipt of receipts)
        s.pending.push({ id: `rcpt_${sha256(`${notice.noticeId}/${receipt.kind}`).slice(0, 24)}`, noticeId: notice.noticeId, receipt, attempts: 0 });
    });
    courier.wake();
  };

  const onNotice = (request: FaceRequest): ReturnType<Face> => {
    if (failing > 0) {
      failing -= 1;
      return json({ error: 'UNAVAILABLE' }, 503);
    }
    try {
      const notice = readNotice(request, webhook);
      if (!isPlatform(notice.platform)) throw new PinchaError('PLATFORM_UNKNOWN', { platform: notice.platform, known: SANDBOX_PLATFORMS.join('、') });
      const before = state.value.notices[notice.noticeId];
      if (before && before.digest !== sha256(canonicalJson(notice))) throw new PinchaError('ALREADY_ANSWERED', { reason: notice.noticeId });
      if (before) return json({ received: true, reference: before.reference });
      // The board's desk is always down when a notice first arrives, so that retries are seen.
      if (notice.platform === 'sandbox-board' && state.value.turnedAway[notice.noticeId] === undefined) {
        state.update((s) => {
          s.turnedAway[notice.noticeId] = 1;
        });
        return json({ error: 'UNAVAILABLE' }, 503);
      }
      take(notice, notice.platform);
      return json({ received: true, reference: state.value.notices[notice.noticeId]?.reference });
    } catch (thrown) {
      if (thrown instanceof PinchaError) return json({ error: thrown.code, message: thrown.message }, thrown.status);
      throw thrown;
    }
  };

  return {
    face: (request) => (request.method === 'POST' && request.path === '/notices' ? onNotice(request) : json({ error: 'NOT_FOUND' }, 404)),
    setNotifyUrl: courier.setUrl,
    setBehaviour: (platform, behaviour) => {
      behaviours[platform] = behaviour;
    },
    fail: (count) => {
      failing = count;
    },
    idle: courier.idle,
    close: courier.close,
  };
}

interface Courier {
  wake(): void;
  setUrl(url: string | null): void;
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** Sends pending receipts one after the other, in order; one that fails is tried again later, none is lost. */
function createCourier(options: DeskOptions, webhook: Webhook): Courier {
  const { state, now } = options;
  const [least, most] = options.receiptDelayMs;
  const stop = new AbortController();
  let url: string | null = null;
  let running: Promise<void> | null = null;

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        stop.signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      stop.signal.addEventListener('abort', done);
    });
  const post = async (to: string, next: PendingReceipt): Promise<boolean> => {
    const body = JSON.stringify(next.receipt);
    const at = now();
    const headers = {
      'content-type': 'application/json',
      'webhook-id': next.id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': webhook.sign(next.id, at, body),
    };
    try {
      const response = await fetch(`${to}/${encodeURIComponent(next.noticeId)}/receipts`, {
        method: 'POST',
        headers,
        body,
        signal: AbortSignal.any([stop.signal, AbortSignal.timeout(10_000)]),
      });
      await response.arrayBuffer();
      // 4xx other than "later" will not get better by repeating.
      return response.ok || (response.status >= 400 && response.status < 500 && ![401, 404, 408, 429].includes(response.status));
    } catch {
      return false;
    }
  };
  const work = async (): Promise<void> => {
    for (;;) {
      const next = state.value.pending[0];
      if (!next || url === null || stop.signal.aborted) return;
      const backoff = next.attempts === 0 ? 0 : Math.min(5_000, 100 * 2 ** Math.min(next.attempts, 6));
      await pause(Math.max(backoff, least + ((next.id.charCodeAt(5) * 37) % (most - least + 1))));
      if (stop.signal.aborted || url === null) return;
      const arrived = await post(url, next);
      if (stop.signal.aborted) return;
      state.update((s) => {
        const [first, ...rest] = s.pending;
        if (!first) return;
        if (arrived || first.attempts >= MOST_ATTEMPTS) s.pending = rest;
        // A receipt that cannot be delivered lets those of other notices pass.
        else s.pending = reorder({ ...first, attempts: first.attempts + 1 }, rest);
      });
    }
  };
  const wake = (): void => {
    if (running || stop.signal.aborted) return;
    running = work().finally(() => {
      running = null;
      if (state.value.pending.length > 0 && url !== null && !stop.signal.aborted) wake();
    });
  };
  return {
    wake,
    setUrl: (to) => {
      url = to?.replace(/\/+$/, '') ?? null;
      wake();
    },
    idle: async () => {
      while (running) await running;
    },
    close: async () => {
      stop.abort();
      await running;
    },
  };
}

/** Puts a failed receipt, and those of its notice behind it, after the receipts of other notices. */
function reorder(failed: PendingReceipt, rest: readonly PendingReceipt[]): PendingReceipt[] {
  const same = rest.filter((r) => r.noticeId === failed.noticeId);
  return [...rest.filter((r) => r.noticeId !== failed.noticeId), failed, ...same];
}
