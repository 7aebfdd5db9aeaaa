/**
 * The one door to the server: adds the CSRF header to writes, turns every failure into an `ApiFailure` with the
 * server's code and words, and tells the app when the session is over so that it can ask for a login in place.
 */
const BASE = '/api/v1';
const TIMEOUT_MS = 30_000;

export type FailureCode = string;

/** A failed call. `code` is the server's catalogue code, or OFFLINE, TIMEOUT, BAD_ANSWER when there was no proper answer. */
export class ApiFailure extends Error {
  readonly code: FailureCode;
  readonly status: number;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: FailureCode, status: number, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = 'ApiFailure';
    this.code = code;
    this.status = status;
    this.details = details;
  }
}

let csrf = '';
const expiredListeners = new Set<() => void>();

/** The token that `me` answered with; sent back with every write. */
export const rememberCsrf = (token: string): void => {
  csrf = token;
};
/** Called when any call but login is answered 401. Returns how to stop listening. */
export function onSessionExpired(listener: () => void): () => void {
  expiredListeners.add(listener);
  return () => expiredListeners.delete(listener);
}

const connectionListeners = new Set<(reached: boolean) => void>();
/** Told after every call whether the server could be reached at all. Returns how to stop listening. */
export function onConnection(listener: (reached: boolean) => void): () => void {
  connectionListeners.add(listener);
  return () => connectionListeners.delete(listener);
}
const tellConnection = (reached: boolean): void => {
  for (const listener of connectionListeners) listener(reached);
};

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

export function withQuery(path: string, query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined && value !== null && value !== '') params.set(key, String(value));
  const text = params.toString();
  return text ? `${path}?${text}` : path;
}

/** Address of a thing the browser itself loads: a picture, a document in a frame. */
export const addressOf = (path: string): string => `${BASE}${path}`;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function failureFrom(status: number, body: unknown): ApiFailure {
  const error = isRecord(body) && isRecord(body.error) ? body.error : null;
  if (error && typeof error.code === 'string') {
    return new ApiFailure(error.code, status, typeof error.message === 'string' ? error.message : error.code, isRecord(error.details) ? error.details : {});
  }
  return new ApiFailure(status === 401 ? 'SESSION_EXPIRED' : 'BAD_ANSWER', status, `HTTP ${status}`);
}

async function send(method: string, path: string, body: unknown, signal?: AbortSignal, patience = TIMEOUT_MS): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (method !== 'GET') headers['x-csrf'] = csrf;
  const timeout = AbortSignal.timeout(patience);
  try {
    const response = await fetch(BASE + path, {
      method,
      headers,
      credentials: 'same-origin',
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    tellConnection(true);
    return response;
  } catch (thrown) {
    if (signal?.aborted) throw thrown;
    tellConnection(false);
    if (timeout.aborted) throw new ApiFailure('TIMEOUT', 0, 'timeout');
    throw new ApiFailure('OFFLINE', 0, 'offline');
  }
}

/** Another tab may have logged in again: its session has another token, which `me` tells. */
async function renewCsrf(): Promise<void> {
  const response = await send('GET', '/me', undefined);
  const me: unknown = await response.json().catch(() => undefined);
  if (response.ok && isRecord(me) && typeof me.csrf === 'string') rememberCsrf(me.csrf);
}

async function call<T>(method: string, path: string, body?: unknown, signal?: AbortSignal, patience = TIMEOUT_MS, second = false): Promise<T> {
  const response = await send(method, path, body, signal, patience);
  const answer: unknown = response.status === 204 ? null : await response.json().catch(() => undefined);
  if (!response.ok) {
    const failure = failureFrom(response.status, answer);
    if (failure.code === 'CSRF_INVALID' && !second) {
      await renewCsrf();
      return call<T>(method, path, body, signal, patience, true);
    }
    if (response.status === 401 && failure.code === 'SESSION_EXPIRED') for (const listener of expiredListeners) listener();
    throw failure;
  }
  if (answer === undefined) throw new ApiFailure('BAD_ANSWER', response.status, 'not JSON');
  return answer as T;
}

export const get = <T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> => call<T>('GET', withQuery(path, query), undefined, signal);
export const post = <T>(path: string, body: unknown = {}, patience = TIMEOUT_MS): Promise<T> => call<T>('POST', path, body, undefined, patience);

/** Sends a file as it is, telling how much of it has gone; it may take as long as it takes. */
export function upload<T>(path: string, query: Query, file: Blob, onPart: (part: number) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', BASE + withQuery(path, query));
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.setRequestHeader('x-csrf', csrf);
    request.responseType = 'json';
    request.upload.onprogress = ({ loaded, total }) => onPart(total > 0 ? loaded / total : 0);
    request.onerror = () => reject(new ApiFailure('OFFLINE', 0, 'offline'));
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(request.response as T);
      else reject(failureFrom(request.status, request.response));
    };
    request.send(file);
  });
}

/** Text of a sealed capture, cut at `limit` characters so that a huge page cannot stall the browser. */
export async function getText(path: string, limit: number, signal?: AbortSignal): Promise<{ text: string; cut: boolean }> {
  const response = await send('GET', path, undefined, signal);
  if (!response.ok) throw failureFrom(response.status, await response.json().catch(() => undefined));
  const reader = response.body?.getReader();
  if (!reader) return { text: '', cut: false };
  const decoder = new TextDecoder('utf-8');
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { text, cut: false };
    text += decoder.decode(value, { stream: true });
    if (text.length > limit) {
      await reader.cancel();
      return { text: text.slice(0, limit), cut: true };
    }
  }
}
