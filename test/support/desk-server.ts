/**
 * A loopback stand-in for the API: serves the built desk and answers with fixtures, keeping just enough state to walk
 * a case through review and approval. It is no model of the workflow; it lets the screen be looked at in every state.
 */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { extname, join } from 'node:path';
import { type CaseAction, type CaseView, caseAction, type MeView, type NoticeRow, type QueueRow } from '../../core/model/api.ts';
import type { HoldView } from '../../core/model/api-hold.ts';
import type { RunRow } from '../../core/model/api-run.ts';
import type { CandidateRow, SourceRow } from '../../core/model/api-source.ts';
import { APPROVER, account, ago, bigCase, finding, me, PLATFORMS, POST_TEXT, post, queueRow, REVIEWER, uuid } from './desk-fixtures.ts';
import { BIG_CLUSTER, clusterRows, ENDED_CLUSTER, partyOf } from './desk-network.ts';
import { noticeRows, noticeView } from './desk-notices.ts';
import { licenceList, runRow, runView } from './desk-runs.ts';
import { boardPreview, candidateRows, sourceDetail, sourceKinds, sourceRows } from './desk-sources.ts';

const TYPES: Record<string, string> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css' };
/** A grey picture, one pixel. */
const PIXEL = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mPM+f9fDwAGrQMdQn3jQAAAAABJRU5ErkJggg==', 'base64');

export interface DeskState {
  me: MeView | null;
  queue: QueueRow[];
  cases: Map<string, CaseView>;
  notices: NoticeRow[];
  runs: RunRow[];
  sources: SourceRow[];
  candidates: CandidateRow[];
  holds: HoldView[];
  /** 0 to 1 and beyond: how far the running run is. */
  progress: number;
  /** Answers to give instead, by `METHOD /path`; a number is a delay in ms. */
  faults: Map<string, { status: number; code: string; message: string; details?: Record<string, unknown> } | number>;
  /** Every write that came, as `POST /path {body}`. */
  writes: string[];
}

export function freshState(over: Partial<DeskState> = {}): DeskState {
  const queue = Array.from({ length: 23 }, (_, i) =>
    queueRow(i, i === 3 ? { state: 'in_review', claimedBy: APPROVER } : i === 5 ? { state: 'waiting', claimedBy: REVIEWER } : {}),
  );
  const own = queueRow(0, { number: 'HR-2026-0311', state: 'in_review', claimedBy: REVIEWER, daysLeft: 2 });
  const proposed = queueRow(4, { number: 'HR-2026-0299', state: 'proposed', proposedBy: APPROVER, daysLeft: 1 });
  queue.unshift(own, proposed);
  const running = runRow(0.6, {
    state: 'running',
    kind: 'demand',
    startedBy: '周远',
    endedAt: null,
    startedAt: new Date(Date.now() - 22 * 60_000).toISOString(),
  });
  return {
    me: me(),
    queue,
    cases: new Map(),
    notices: noticeRows(),
    runs: [running, runRow(1), runRow(0.93)],
    sources: sourceRows(),
    candidates: candidateRows(),
    holds: [],
    progress: 0.6,
    faults: new Map(),
    writes: [],
    ...over,
  };
}

const MAY: Record<string, readonly string[]> = {
  open: ['claim', 'note'],
  in_review: ['confirm', 'reject', 'undecide', 'wait', 'close', 'release', 'note'],
  waiting: ['resume', 'note'],
  proposed: ['note'],
};

function maysOf(view: CaseView, who: MeView): CaseView['may'] {
  const may: CaseView['may'] = {};
  for (const act of MAY[view.state] ?? [])
    may[act] = view.state === 'in_review' && view.claimedBy?.id !== who.user.id ? `本案由 ${view.claimedBy?.name ?? '他人'} 审核中` : true;
  if (view.state === 'in_review')
    may.propose = view.findings.some((item) => item.state === 'confirmed') ? (may.confirm ?? '') : '至少确认一个疑点后才能提请复核';
  if (view.state === 'proposed') {
    const touched = view.proposal?.by === who.user.id || view.findings.some((item) => item.decidedBy?.id === who.user.id);
    const able = who.user.capabilities.includes('case.approve');
    may.approve = !able ? '没有审批权限' : touched ? '你是提请人或确认过本案疑点, 须由另一人审批' : true;
    may.return = may.approve;
    if (view.proposal?.by === who.user.id) may.withdraw = true;
  }
  return may;
}

function caseOf(state: DeskState, id: string): CaseView | null {
  const row = state.queue.find((item) => item.id === id);
  if (!row) return null;
  const view = state.cases.get(id) ?? bigCase(row);
  if (!state.cases.has(id) && row.state === 'proposed') {
    const first = view.findings[0];
    if (first) Object.assign(first, { state: 'confirmed', decidedBy: APPROVER, decidedAt: ago(50) });
    view.proposal = {
      measure: 'suspend_service',
      days: 30,
      reason: view.suggested.reason,
      findingIds: first ? [first.id] : [],
      by: APPROVER.id,
      byName: APPROVER.name,
      at: ago(45),
      sha256: 'f'.repeat(64),
    };
  }
  state.cases.set(id, view);
  return view;
}

/** Applies one act to the case in memory. */
function apply(state: DeskState, view: CaseView, act: CaseAction): void {
  const who = state.me?.user ?? REVIEWER;
  const ids = 'findingId' in act ? [act.findingId, ...(act.also ?? [])] : [];
  const found = view.findings.filter((item) => ids.includes(item.id));
  const decided = { decidedBy: { id: who.id, name: who.name }, decidedAt: new Date().toISOString() };
  if (act.action === 'claim') Object.assign(view, { state: 'in_review', claimedBy: { id: who.id, name: who.name } });
  if (act.action === 'release') Object.assign(view, { state: 'open', claimedBy: null });
  if (act.action === 'wait') Object.assign(view, { state: 'waiting', waitReason: act.reason, waitUntil: act.until });
  if (act.action === 'close') Object.assign(view, { state: 'closed', outcome: act.outcome, outcomeReason: act.reason });
  for (const item of found) {
    if (act.action === 'confirm') Object.assign(item, { state: 'confirmed', ...decided });
    if (act.action === 'reject') Object.assign(item, { state: 'rejected', rejectReason: act.reason, ...decided });
    if (act.action === 'undecide') Object.assign(item, { state: 'open', rejectReason: null, decidedBy: null, decidedAt: null });
  }
  if (act.action === 'propose') {
    const findingIds = view.findings.filter((item) => item.state === 'confirmed').map((item) => item.id);
    view.state = 'proposed';
    view.proposal = {
      measure: act.measure,
      days: act.days,
      reason: act.reason,
      findingIds,
      by: who.id,
      byName: who.name,
      at: new Date().toISOString(),
      sha256: 'e'.repeat(64),
    };
  }
  if (act.action === 'approve') view.state = 'enforcing';
  if (act.action === 'return') view.state = 'in_review';
  view.version += 1;
  view.events.push({ id: uuid(), at: new Date().toISOString(), actor: who.name, action: act.action, from: null, to: view.state, data: {} });
  const row = state.queue.find((item) => item.id === view.id);
  if (row)
    Object.assign(row, {
      state: view.state,
      claimedBy: view.claimedBy,
      proposedBy: view.proposal ? { id: view.proposal.by, name: view.proposal.byName } : null,
    });
}

const page = <T>(items: T[], url: URL, size = 50) => {
  const limit = Math.min(Number(url.searchParams.get('limit') ?? size), size);
  const from = Number(url.searchParams.get('cursor') ?? 0);
  return { items: items.slice(from, from + limit), nextCursor: from + limit < items.length ? String(from + limit) : null };
};

class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

function filterQueue(state: DeskState, url: URL): QueueRow[] {
  const want = (name: string) => url.searchParams.get(name);
  return state.queue.filter(
    (row) =>
      (!want('state') || row.state === want('state')) &&
      (!want('platform') || row.account.platform === want('platform')) &&
      (!want('kind') || row.kinds.some((kind) => kind === want('kind'))) &&
      (!want('mine') || row.claimedBy?.id === state.me?.user.id) &&
      (!want('q') || `${row.number}${row.account.name}`.includes(want('q') ?? '')) &&
      row.priority >= Number(want('minPriority') ?? 0),
  );
}

/** The answer to one call, as JSON; null for 204. */
function answer(state: DeskState, method: string, url: URL, body: unknown): unknown {
  const path = url.pathname.replace('/api/v1', '');
  const [, area, id, sub] = path.split('/');
  if (method === 'POST' && path === '/login') {
    const given = body as { login?: string; password?: string };
    if (given.password === 'wrong') throw new Refusal(401, 'LOGIN_FAILED', '账号或口令不正确');
    state.me = given.login === 'zhouyuan' ? approver() : me();
    return state.me;
  }
  if (area === 'about') return { demo: true, issuer: '演示市人力资源和社会保障局', version: '0.1.0' };
  if (!state.me) throw new Refusal(401, 'SESSION_EXPIRED', '登录已过期,请重新登录;未提交的内容仍在本页');
  const who = state.me;
  if (path === '/me') return who;
  if (path === '/password') {
    who.user.mustChangePassword = false;
    return null;
  }
  if (path === '/queue') return page(filterQueue(state, url), url);
  if (path === '/queue/counts') {
    const byState: Record<string, number> = {};
    for (const row of state.queue) byState[row.state] = (byState[row.state] ?? 0) + 1;
    return { byState, mine: 1, overdue: state.queue.filter((row) => row.daysLeft < 0).length, noticesNeedingMe: 2 };
  }
  if (path === '/queue/next') {
    const row = state.queue.find((item) => item.state === 'open');
    const view = row ? caseOf(state, row.id) : null;
    if (!view) return { caseId: null };
    apply(state, view, { action: 'claim', version: view.version });
    return { caseId: view.id };
  }
  if (area === 'cases' && sub?.startsWith('hold')) {
    if (method === 'POST') {
      const hold = {
        id: uuid(),
        reason: (body as { reason: string }).reason,
        by: who.user.name,
        at: new Date().toISOString(),
        liftedBy: null,
        liftedAt: null,
        liftReason: null,
      };
      state.holds = path.endsWith('/lift') ? [] : [hold];
    }
    return { items: state.holds };
  }
  if (area === 'cases') {
    const view = caseOf(state, id ?? '');
    if (!view) throw new Refusal(404, 'NOT_FOUND', '未找到案件');
    if (sub === 'actions') {
      const act = caseAction.parse(body);
      if (act.version !== view.version) throw new Refusal(409, 'STALE', '已被他人更新,请查看差异后重试');
      apply(state, view, act);
    }
    return { ...view, may: maysOf(view, who) };
  }
  if (area === 'notices') {
    if (!id) return page(state.notices, url, 200);
    const row = state.notices.find((item) => item.id === id);
    if (!row) throw new Refusal(404, 'NOT_FOUND', '未找到通知书');
    return noticeView(row);
  }
  if (area === 'runs') {
    if (method === 'POST' && !id) {
      const run = runRow(0, { state: 'running', kind: 'demand', startedBy: who.user.name, endedAt: null, startedAt: new Date().toISOString() });
      state.runs.unshift(run);
      return run;
    }
    if (!id) return page(state.runs, url);
    const row = state.runs.find((item) => item.id === id);
    if (!row) throw new Refusal(404, 'NOT_FOUND', '未找到巡查');
    return runView(row, row.state === 'running' ? state.progress : 1);
  }
  if (path === '/sources' && method === 'GET') return page(state.sources, url);
  if (path === '/source-kinds') return sourceKinds();
  if (path === '/candidates/counts') return { proposed: state.candidates.filter((row) => row.state === 'proposed').length };
  if (path === '/candidates' && method === 'GET')
    return page(
      state.candidates.filter((row) => row.state === (url.searchParams.get('state') ?? 'proposed')),
      url,
    );
  if (area === 'candidates' && id) {
    const row = state.candidates.find((item) => item.id === id);
    const given = body as { accept: boolean; reason?: string };
    if (!row) throw new Refusal(404, 'NOT_FOUND', '未找到候选来源');
    return Object.assign(row, { state: given.accept ? 'accepted' : 'refused', reason: given.reason ?? null, decidedBy: who.user.name });
  }
  if (path === '/boards/preview') return boardPreview();
  if (path === '/boards') return state.sources[0];
  if (area === 'sources' && id) {
    const row = state.sources.find((item) => item.id === id);
    if (row && method === 'GET') return sourceDetail(row);
    if (!row) throw new Refusal(404, 'NOT_FOUND', '未找到来源');
    return Object.assign(row, { active: (body as { active: boolean }).active });
  }
  if (area === 'accounts') {
    if (!id)
      return page(
        Array.from({ length: 6 }, (_, i) => account(i)),
        url,
      );
    if (sub === 'party') return partyOf(id);
    if (sub === 'posts') return page([post(), post({ title: '普工长期招聘', version: 1, level: 'none', score: 0 })], url);
    return {
      account: account(0, { id }),
      capture: null,
      findings: [finding('unlicensed-intermediary', null, { source: 'licence', by: 'list@2026-11-01' })],
      cases: state.queue.slice(0, 2),
      sources: [{ id: uuid(), url: 'http://127.0.0.1:8720/wx/acc-0', lastOutcome: 'ok', lastVisitedAt: ago(400), nextDueAt: ago(-800) }],
    };
  }
  if (area === 'posts') {
    const of = [...state.cases.values()].flatMap((view) => view.posts).find((item) => item.id === id) ?? post();
    const older = POST_TEXT.replace('入职前交服装费300元, 满三个月退还; ', '');
    return {
      post: of,
      account: account(0),
      findings: [],
      versions: [
        { version: 1, seenAt: ago(9_000), captureId: null, title: of.title, text: older.replace('两班倒', '长白班') },
        { version: 2, seenAt: ago(4_000), captureId: null, title: of.title, text: older },
        { version: 3, seenAt: ago(430), captureId: null, title: of.title, text: POST_TEXT },
      ],
      fates: [],
    };
  }
  if (area === 'clusters') {
    if (!id) return page(clusterRows(), url);
    const view = [BIG_CLUSTER, ENDED_CLUSTER].find((item) => item.id === id);
    if (!view) throw new Refusal(404, 'NOT_FOUND', '未找到账号团伙');
    return view;
  }
  if (area === 'shared-things') return { ok: true };
  if (area === 'platforms') return { items: PLATFORMS };
  if (area === 'licence-lists') return page([licenceList(true), licenceList(false)], url);
  throw new Refusal(404, 'NOT_FOUND', `未找到 ${path}`);
}

export const approver = (): MeView => ({
  ...me({
    id: uuid(),
    login: 'zhouyuan',
    name: '许衡',
    roles: ['approver'],
    capabilities: ['case.read', 'notice.read', 'run.read', 'account.read', 'evidence.read', 'case.approve', 'notice.send', 'evidence.unmask'],
  }),
});

async function readBody(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString('utf8');
  return text ? JSON.parse(text) : {};
}

/** Starts the stand-in on a free port, serving the desk built into `dist`. `onAnswer` sees every JSON answer with its path, for checking against the contract. */
export async function startDesk(
  state: DeskState,
  dist: string,
  onAnswer: (method: string, path: string, body: unknown) => void = () => undefined,
): Promise<{ url: string; close: () => Promise<void> }> {
  const server: Server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const method = request.method ?? 'GET';
    if (!url.pathname.startsWith('/api/')) {
      const file = extname(url.pathname) ? url.pathname : '/index.html';
      const bytes = await readFile(join(dist, file)).catch(() => null);
      response.writeHead(bytes ? 200 : 404, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
      response.end(bytes ?? '');
      return;
    }
    const path = url.pathname.replace('/api/v1', '');
    const send = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
      response.end(status === 204 ? undefined : JSON.stringify(body));
    };
    try {
      const body = method === 'POST' ? await readBody(request) : undefined;
      if (method === 'POST') state.writes.push(`${method} ${path} ${JSON.stringify(body)}`);
      const fault = state.faults.get(`${method} ${path}`);
      if (typeof fault === 'number') await new Promise((done) => setTimeout(done, fault));
      else if (fault) return send(fault.status, { error: { code: fault.code, message: fault.message, details: fault.details ?? {} } });
      if (path.endsWith('/shot.png')) return void response.writeHead(200, { 'content-type': 'image/png' }).end(PIXEL);
      if (path.endsWith('/raw'))
        return void response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end('<html><script>window.hacked=1</script><b>原始</b></html>');
      if (path.endsWith('/document'))
        return void response
          .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
          .end('<meta charset="utf-8"><h1>处置通知书 (演示)</h1><script>parent.hacked=1</script>');
      const result = answer(state, method, url, body);
      if (result !== null) onAnswer(method, path, result);
      send(result === null ? 204 : 200, result);
    } catch (thrown) {
      if (thrown instanceof Refusal) send(thrown.status, { error: { code: thrown.code, message: thrown.message, details: {} } });
      else send(500, { error: { code: 'INTERNAL', message: String(thrown), details: {} } });
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
