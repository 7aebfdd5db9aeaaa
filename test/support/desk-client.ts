/** A person at the API over real HTTP: logs in, replaces a one-time password, keeps cookie and csrf token. */
import { type CaseView, caseView, queuePage } from '../../core/model/api.ts';

const NEXT_PASSWORD = 'wei-tuo-ban-li-2026';

export interface DeskClient {
  get<T>(path: string, schema: { parse: (value: unknown) => T }): Promise<T>;
  post(path: string, body: object): Promise<unknown>;
}

/** @param password the one-time password as printed; when it was replaced before, the one it was replaced by */
export async function deskClient(origin: string, login: string, password = NEXT_PASSWORD): Promise<DeskClient> {
  const api = `${origin}/api/v1`;
  const send = async (path: string, headers: Record<string, string>, body?: object): Promise<Response> => {
    const request = body ? { method: 'POST', body: JSON.stringify(body), headers: { ...headers, 'content-type': 'application/json' } } : { headers };
    const answer = await fetch(`${api}${path}`, request);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  const entered = await send('/login', {}, { login, password });
  const { csrf, user } = (await entered.json()) as { csrf: string; user: { mustChangePassword: boolean } };
  const headers = {
    cookie: entered.headers
      .getSetCookie()
      .map((c) => c.split(';')[0])
      .join('; '),
    'x-csrf': csrf,
  };
  if (user.mustChangePassword) await send('/password', headers, { current: password, next: NEXT_PASSWORD });
  return {
    get: async (path, schema) => schema.parse(await (await send(path, headers)).json()),
    post: async (path, body) => (await send(path, headers, body)).json(),
  };
}

/** Open cases of the queue, most urgent first. */
export const openCases = async (who: DeskClient) => (await who.get('/queue?state=open&limit=100', queuePage)).items;

async function act(who: DeskClient, id: string, body: Record<string, unknown>): Promise<CaseView> {
  const { version } = await who.get(`/cases/${id}`, caseView);
  return caseView.parse(await who.post(`/cases/${id}/actions`, { version, ...body }));
}

/** Claims a case, confirms what is open on it, proposes a suspension, and lets another person approve. @returns the notice's id */
export async function enforce(reviewer: DeskClient, approver: DeskClient, caseId: string): Promise<string> {
  const claimed = await act(reviewer, caseId, { action: 'claim' });
  for (const finding of claimed.findings.filter((f) => f.state === 'open')) await act(reviewer, caseId, { action: 'confirm', findingId: finding.id });
  const proposed = await act(reviewer, caseId, { action: 'propose', measure: 'suspend_service', days: 30, reason: '经核实' });
  const approved = await act(approver, caseId, { action: 'approve', sha256: proposed.proposal?.sha256 });
  const notice = approved.notices.at(-1);
  if (!notice) throw new Error(`${caseId}: approved without a notice`);
  return notice.id;
}
