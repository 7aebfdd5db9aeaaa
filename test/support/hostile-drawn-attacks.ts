/**
 * What hostile pages do to a browser. The plain answer lacks what its board promises, so each of them is tried in the
 * browser; only what must never come there is not.
 */
import zlib from 'node:zlib';
import type { Outcome } from '../../core/model/capture.ts';
import { endless, moved, PRIVATE } from './hostile-attacks.ts';
import { type Attack, html, type Scene } from './hostile-world.ts';

const MB = 1024 * 1024;
type Serve = Attack['serve'];
const PAGE_HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n';
const SHELL = '<!doctype html><html><head><title>职位</title></head><body><div id="app"></div></body></html>';
/** Fills in what was lacking, as honest scripts do. */
const DRAW = `document.body.insertAdjacentHTML('beforeend', '<h1 class="title">保管员</h1><div class="text">看管库房，登记出入</div>');`;

const drawn = (name: string, outcome: Outcome, serve: Serve, more: Partial<Attack> = {}): Attack => ({ name, path: 'browser', outcome, serve, ...more });
/** The shell for the plain request, the attack for the browser. */
const behindShell =
  (attack: Serve): Serve =>
  (scene) =>
    scene.drawn ? attack(scene) : html(scene.response, SHELL);
/** A page whose script attacks. */
const script =
  (code: string | ((scene: Scene) => string), body = ''): Serve =>
  (scene) =>
    html(scene.response, `<!doctype html><html><head></head><body>${body}<script>${typeof code === 'string' ? code : code(scene)}</script></body></html>`);
const sends =
  (to: (scene: Scene) => string): Serve =>
  (scene) =>
    moved(scene, to(scene));
const inside = (scene: Scene): string => `http://127.0.0.1:${scene.victim}/`;
const post = { text: '看管库房' };

/** Everything a page can ask for without leaving. */
const asksFor = (url: string, raw: string): string => `
  const no = () => {};
  fetch('${url}f').catch(no); fetch('${url}n', { mode: 'no-cors', credentials: 'include' }).catch(no);
  const x = new XMLHttpRequest(); x.open('GET', '${url}x'); x.onerror = no; x.send();
  new Image().src = '${url}i'; new Audio('${url}a').play().catch(no);
  for (const [tag, at] of [['iframe', 'src'], ['embed', 'src'], ['object', 'data'], ['script', 'src']]) { const e = document.createElement(tag); e[at] = '${url}' + tag; document.body.append(e); }
  for (const rel of ['stylesheet', 'preload', 'prefetch', 'preconnect', 'dns-prefetch', 'manifest', 'modulepreload']) { const e = document.createElement('link'); e.rel = rel; e.as = 'script'; e.href = '${url}' + rel; document.head.append(e); }
  const s = document.createElement('style'); s.textContent = '@import url(${url}css); body { background: url(${url}bg) } @font-face { font-family: q; src: url(${url}font) } body { font-family: q }'; document.head.append(s);
  try { new EventSource('${url}es') } catch {} try { new Worker('${url}w') } catch {}
  try { new Worker(URL.createObjectURL(new Blob(["fetch('${url}wf').catch(() => {}); try { importScripts('${url}ws') } catch {}"]))) } catch {}
  try { new WebSocket('ws://${raw}/') } catch {} try { new WebSocket('wss://${raw}/') } catch {}
  try { const p = new RTCPeerConnection({ iceServers: [{ urls: 'stun:${raw}' }, { urls: 'turn:${raw}?transport=tcp', username: 'u', credential: 'c' }] }); p.createDataChannel('c'); p.createOffer().then((o) => p.setLocalDescription(o)).catch(no); } catch {}
  navigator.sendBeacon('${url}b', 'x');
  navigator.serviceWorker?.register('/x/worker.js').catch(no);
  const f = document.createElement('form'); f.action = '${url}form'; f.method = 'post'; f.target = 'other'; document.body.append(f); f.submit();
  const a = document.createElement('a'); a.href = '${url}ping'; a.ping = '${url}ping'; a.target = '_blank'; document.body.append(a); a.click();
  window.open('${url}open'); window.open('ftp://127.0.0.1/');`;

const TIME: Attack[] = [
  drawn(
    'headers that drip',
    'timeout',
    behindShell(({ response }) => endless(response, 'X-A: b\r\n', 100, 'HTTP/1.1 200 OK\r\n')),
  ),
  drawn(
    'a body that drips',
    'timeout',
    behindShell(({ response }) => endless(response, '<p>.</p>', 100, PAGE_HEAD)),
  ),
  drawn(
    'an answer that never comes',
    'timeout',
    behindShell(() => undefined),
  ),
  drawn('a script without end', 'timeout', script('for (;;) {}')),
  drawn('a script without end that begins late', 'timeout', script('setTimeout(() => { for (;;) {} }, 300)', '<p>.</p>')),
  drawn('questions without end', 'timeout', script('for (;;) { alert(1); confirm(2); prompt(3); print(); }')),
];

const SIZE: Attack[] = [
  drawn(
    'an endless body',
    'too_large',
    behindShell(({ response }) => endless(response, Buffer.alloc(65_536, 97), 0, PAGE_HEAD)),
    { maxBytes: 40 * MB },
  ),
  drawn(
    'a gzip bomb',
    'too_large',
    behindShell(({ response }) => html(response, zlib.gzipSync(`<body><!--${'a'.repeat(24 * MB)}-->`), { 'content-encoding': 'gzip' })),
  ),
  drawn(
    'a bomb in a picture and a style',
    'ok',
    (scene) => {
      if (scene.request.url?.startsWith('/x'))
        return html(scene.response, zlib.gzipSync(Buffer.alloc(24 * MB)), { 'content-encoding': 'gzip', 'content-type': 'text/css' });
      return script(DRAW, '<link rel="stylesheet" href="/x/a.css"><img src="/x/b.png">')(scene);
    },
    post,
  ),
  drawn(
    'a document that grows without end',
    'too_large',
    script('const grow = () => document.body.append(document.createComment("x".repeat(3e5))); for (let i = 0; i < 8; i += 1) grow(); setInterval(grow, 50)'),
  ),
  drawn(
    'a canvas of a thousand megapixels, on a page a million screens high',
    'ok',
    script(
      `const c = document.createElement('canvas'); c.width = 32767; c.height = 32767; c.getContext('2d')?.fillRect(0, 0, 32767, 32767); document.body.append(c); const d = document.createElement('div'); d.style.height = '1000000000px'; document.body.append(d); ${DRAW}`,
    ),
    post,
  ),
  drawn('ten thousand nested elements', 'parse_drift', script('let h = ""; for (let i = 0; i < 1e4; i += 1) h += "<div>"; document.body.innerHTML = h;')),
  drawn('requests without end', 'ok', script(`${DRAW} for (let i = 0; i < 400; i += 1) fetch('/x/' + i).catch(() => {});`), post),
];

const ROADS: Attack[] = [
  drawn('a loop of redirects', 'network', behindShell(sends(() => '/job/attack'))),
  drawn('redirects by script without end', 'network', script("location.replace('/job/attack?' + Math.random())")),
  drawn('reloads without end', 'network', script('location.reload()')),
  drawn('refreshes without end', 'network', (s) => html(s.response, '<meta http-equiv="refresh" content="0"><p>.</p>')),
  drawn('a redirect into private space', 'refused_address', behindShell(sends((s) => PRIVATE[1]?.(s) ?? ''))),
  drawn('a redirect to file:', 'refused_address', behindShell(sends(() => 'file:///etc/passwd'))),
  drawn('a redirect to data:', 'refused_address', behindShell(sends(() => 'data:text/html,<h1 class="title">x</h1><p class="text">secret</p>'))),
  drawn(
    'a script that leads into private space',
    'refused_address',
    script((s) => `location.href = 'http://0x7f.1:${s.victim}/'`),
  ),
  drawn('a refresh that leads into private space', 'refused_address', (s) =>
    html(s.response, `<meta http-equiv="refresh" content="0;url=http://[::ffff:127.0.0.1]:${s.victim}/"><p>.</p>`),
  ),
  drawn('a header that leads into private space', 'refused_address', (s) => html(s.response, SHELL, { refresh: `0;url=${inside(s)}` })),
  drawn('a form that leads into private space', 'refused_address', (s) =>
    html(s.response, `<form method="post" action="${inside(s)}"></form><script>document.forms[0].submit()</script>`),
  ),
  drawn(
    'a name that answers public, then private',
    'refused_address',
    script((s) => `fetch('http://rebind.example.cn:${s.victim}/').catch(() => {}).then(() => { location.href = 'http://rebind.example.cn:${s.victim}/' })`),
  ),
  drawn(
    'a name that is private',
    'refused_address',
    script((s) => `location.href = 'http://inside.example.cn:${s.victim}/'`),
  ),
  drawn(
    'all a page can ask for, in private space',
    'ok',
    script((s) => `${asksFor(inside(s), `127.0.0.1:${s.raw}`)} ${DRAW}`),
    post,
  ),
  drawn(
    'all a page can ask for, by a name that is private',
    'ok',
    script((s) => `${asksFor(`http://inside.example.cn:${s.victim}/`, `inside.example.cn:${s.raw}`)} ${DRAW}`),
    post,
  ),
  drawn(
    'private space behind a redirect of what it asks for',
    'ok',
    (s) => {
      if (s.request.url?.startsWith('/x')) return moved(s, PRIVATE[Number(s.request.url.slice(3)) % PRIVATE.length]?.(s) ?? '');
      return script(
        `Promise.all(Array.from({ length: ${PRIVATE.length} }, (_, i) => fetch('/x/' + i).then((r) => r.text()).catch(() => ''))).then((t) => { ${DRAW} document.querySelector('.text').append(t.join('')) })`,
      )(s);
    },
    post,
  ),
  drawn('a certificate nobody vouches for', 'network', behindShell(sends((s) => `https://127.0.0.1:${s.tls.untrusted}/`))),
  drawn('a certificate of last year', 'network', behindShell(sends((s) => `https://127.0.0.1:${s.tls.expired}/`))),
];

const WALLS: Attack[] = [
  drawn('200 with a captcha', 'captcha', (s) => html(s.response, '<title>职位</title><div class="captcha">请拖动滑块</div>'), {
    others: 'waiting',
    undrawn: true,
  }),
  drawn('200 with a form to log in', 'login_wall', (s) => html(s.response, '<div class="login">请先登录</div>'), { others: 'waiting', undrawn: true }),
  drawn('403', 'login_wall', (s) => void s.response.writeHead(403).end(), { others: 'waiting', undrawn: true }),
  drawn('429 until next year', 'rate_limited', (s) => void s.response.writeHead(429, { 'retry-after': '31536000' }).end(), {
    others: 'waiting',
    undrawn: true,
  }),
  drawn('204', 'unavailable', (s) => void s.response.writeHead(204).end(), { undrawn: true }),
  drawn('a picture that says so', 'parse_drift', (s) => html(s.response, Buffer.alloc(500, 1), { 'content-type': 'image/png' }), { undrawn: true }),
  drawn(
    'a captcha for browsers only',
    'captcha',
    behindShell((s) => html(s.response, '<div class="captcha">请拖动滑块</div>')),
    { others: 'waiting' },
  ),
  drawn('a captcha that a script draws', 'captcha', script(`document.body.innerHTML = '<div class="captcha">请拖动滑块</div>'`), { others: 'waiting' }),
];

const ODD: Attack[] = [
  drawn(
    '204 for browsers only',
    'unavailable',
    behindShell(({ response }) => void response.writeHead(204).end()),
  ),
  drawn(
    'a download',
    'unavailable',
    behindShell((s) => html(s.response, 'x', { 'content-type': 'application/octet-stream', 'content-disposition': 'attachment; filename=x.exe' })),
  ),
  drawn(
    'a picture',
    'parse_drift',
    behindShell((s) => html(s.response, Buffer.from('89504e470d0a1a0a', 'hex'), { 'content-type': 'image/png' })),
  ),
  drawn('dialogs, and one that will not let go', 'ok', script(`onbeforeunload = () => 'stay'; alert(1); confirm(2); prompt(3); ${DRAW}`), post),
  drawn('windows without end', 'ok', script(`for (let i = 0; i < 30; i += 1) window.open('/x/' + i); ${DRAW}`), post),
  drawn(
    'UTF-8 that is GB18030',
    'ok',
    behindShell((s) =>
      html(
        s.response,
        Buffer.concat([
          Buffer.from('<meta charset="gb18030"><h1 class="title">'),
          Buffer.from('d5d0c6b8', 'hex'),
          Buffer.from('</h1><p class="text">'),
          Buffer.from('d5d0c6b8', 'hex'),
        ]),
        { 'content-type': 'text/html' },
      ),
    ),
    { text: '招聘' },
  ),
  drawn(
    'NULs and lone surrogates',
    'ok',
    script(`document.body.innerHTML = '<h1 class="title">\\ud800\\u0000员</h1><div class="text">看管库房\\u0000\\udfff</div>'`),
    post,
  ),
  drawn(
    'a script that replaced what a page is read by',
    'ok',
    script(
      `${DRAW} for (const p of ['outerHTML', 'innerHTML']) Object.defineProperty(Element.prototype, p, { get: () => '<h1 class=title>伪造</h1><p class=text>伪造</p>' });`,
    ),
    post,
  ),
];

export const DRAWN_ATTACKS: readonly Attack[] = [...TIME, ...SIZE, ...ROADS, ...WALLS, ...ODD];
