/**
 * What the replay host says itself: the frame people see, the page inside it that holds ReplayWeb.page, and the few
 * lines around its service worker that give every archived answer the policy of this host. ReplayWeb.page's own two
 * files are served as they were published.
 */

/** What archived pages may do: run among themselves, from this one host name, and reach nothing else. */
const archivedPolicy = (shell: string): string =>
  [
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:",
    "connect-src 'self' data: blob:",
    "object-src 'none'",
    "form-action 'none'",
    `frame-ancestors 'self' ${shell}`,
    'sandbox allow-scripts allow-same-origin',
  ].join('; ');

/** The frame's policy: one other origin inside, nothing else. */
export const shellPolicy = (inner: string): string =>
  `default-src 'none'; style-src 'unsafe-inline'; frame-src ${inner}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

export const innerPolicy = (shell: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self' data:",
    "frame-src 'self'",
    "worker-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors 'self' ${shell}`,
  ].join('; ');

/** The worker itself may ask this host alone, whatever a page makes it believe. */
export const WORKER_POLICY = "default-src 'none'; script-src 'self' 'unsafe-eval'; connect-src 'self' data: blob:";

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const esc = (text: string): string => text.replace(/[&<>"']/g, (ch) => ESCAPES[ch] ?? ch);

/** The page people open: says what this is and keeps the archive in a sandboxed frame of another origin. It ends with its hour, and all in it: no archived script can keep it. */
export const shellPage = (title: string, sha256: string, inner: string, secondsLeft: number): string => `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta http-equiv="refresh" content="${secondsLeft}"><title>${esc(`存证回放 ${title}`)}</title>
<style>html,body{height:100%;margin:0}body{display:flex;flex-direction:column;font:14px/1.5 system-ui,"Noto Sans SC",sans-serif}
p{margin:0;padding:6px 12px;background:#fff3cd;color:#5c4400;overflow-wrap:anywhere}iframe{flex:1;border:0}code{font-size:12px}</style></head>
<body><p><b>${esc(title)}</b> 存证回放：这是封存的页面，不是当前网页，其中内容不可信。 Replay of sealed pages, not the live web. <code>SHA-256 ${esc(sha256)}</code></p>
<iframe title="存证回放 replay" sandbox="allow-scripts allow-same-origin allow-downloads" src="${esc(inner)}/"></iframe></body></html>
`;

/** ReplayWeb.page's own frame, for the moments in which its worker does not answer for it. */
export const APP_PAGE = `<!doctype html>
<html><head><meta charset="utf-8"><script src="./ui.js"></script></head><body><replay-app-main></replay-app-main></body></html>
`;

/** The page an opening begins with: its address, and when it was sealed. */
export interface FirstPage {
  readonly url: string;
  readonly at: Date;
}

/** Holds ReplayWeb.page; begins with one page, or with the list of them. */
export const innerPage = (first: FirstPage | null): string => `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>存证回放</title><style>html,body{height:100%;margin:0}</style></head>
<body><replay-web-page source="/package.wacz" replaybase="/replay/" embed="default" sandbox${first ? ` url="${esc(first.url)}" ts="${first.at.toISOString().replace(/[-:T]/g, '').slice(0, 14)}"` : ''}></replay-web-page>
<script src="/replay/ui.js"></script></body></html>
`;

/** Loads ReplayWeb.page's worker, and sends every answer of it out under the policy of this host. */
export const workerScript = (shell: string): string => `const policy = ${JSON.stringify(archivedPolicy(shell))};
// ReplayWeb.page runs the same file as a plain worker too, which answers nobody.
const respondWith = self.FetchEvent?.prototype.respondWith;
function guarded(answer) {
  if (!(answer instanceof Response) || answer.type === 'error' || answer.type.startsWith('opaque')) return answer;
  const headers = new Headers(answer.headers);
  headers.set('content-security-policy', policy);
  const empty = [101, 204, 205, 304].includes(answer.status);
  return new Response(empty ? null : answer.body, { status: answer.status === 101 ? 204 : answer.status, statusText: answer.statusText, headers });
}
if (respondWith)
  FetchEvent.prototype.respondWith = function (answer) {
    return respondWith.call(this, Promise.resolve(answer).then(guarded));
  };
importScripts('/replay/worker.js');
`;
