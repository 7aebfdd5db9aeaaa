/**
 * The smallest desk of a platform, Node only: it takes notices, checks their signature, answers "acknowledged" at
 * once and "acted" when the work is done, and lists what Pincha holds for it. See docs/api-for-platforms.md.
 *
 *   SECRET=whsec_… PLATFORM=… PINCHA=http://127.0.0.1:8710 node docs/examples/platform-desk.mjs         # serve on :8090
 *   SECRET=whsec_… PLATFORM=… PINCHA=http://127.0.0.1:8710 node docs/examples/platform-desk.mjs list    # show my notices
 */
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import http from 'node:http';

const { SECRET = '', PLATFORM = '', PINCHA = 'http://127.0.0.1:8710', DESK_PORT = '8090' } = process.env;
const key = Buffer.from(SECRET.replace(/^whsec_/, ''), 'base64');
const TOLERANCE_S = 300;
const MAX_BYTES = 1_048_576;

const sign = (id, seconds, body) => `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`;

/** Headers of a message of ours. @param id stays the same when the same message is sent again */
function headersFor(id, body) {
  const seconds = Math.floor(Date.now() / 1000);
  return { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': sign(id, seconds, body), 'x-pincha-platform': PLATFORM };
}

/** Whether a message comes from the authority; a header may carry several signatures while a secret is changed. */
function genuine(headers, body) {
  const seconds = Number(headers['webhook-timestamp']);
  if (!(Math.abs(Date.now() / 1000 - seconds) <= TOLERANCE_S)) return false;
  const expected = Buffer.from(sign(headers['webhook-id'], seconds, body));
  return String(headers['webhook-signature'])
    .split(' ')
    .map((one) => Buffer.from(one))
    .some((one) => one.length === expected.length && timingSafeEqual(one, expected));
}

async function answer(noticeId, receipt) {
  const body = JSON.stringify(receipt);
  const id = `${noticeId}-${receipt.kind}`;
  const headers = { 'content-type': 'application/json', ...headersFor(id, body) };
  const response = await fetch(`${PINCHA}/api/v1/platform/notices/${noticeId}/receipts`, { method: 'POST', headers, body });
  console.log(`${receipt.kind} → ${response.status}`, await response.text());
}

async function list() {
  const response = await fetch(`${PINCHA}/api/v1/platform/notices?limit=20`, { headers: headersFor(randomUUID(), '') });
  const { items = [], error } = await response.json();
  if (error) console.error(error);
  for (const { noticeId, state, body } of items) console.log(noticeId, state, body.number, body.measure, body.target.nameAtCapture);
}

const seen = new Set();

async function take(notice) {
  await answer(notice.noticeId, { kind: 'acknowledged', reference: `T-${notice.number}` });
  // Here the platform does what the notice asks, on notice.target.platformAccountId.
  await answer(notice.noticeId, { kind: 'acted', reference: `T-${notice.number}`, actedAt: new Date().toISOString() });
}

async function read(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

if (process.argv[2] === 'list') await list();
else {
  http
    .createServer(async (request, response) => {
      const body = request.method === 'POST' ? await read(request) : null;
      if (body === null || !genuine(request.headers, body)) return response.writeHead(401).end();
      response.writeHead(200).end();
      const notice = JSON.parse(body);
      // The same webhook-id is the same notice: deliveries are repeated until one is answered with 2xx.
      if (seen.has(request.headers['webhook-id'])) return;
      seen.add(request.headers['webhook-id']);
      console.log(`${notice.number}: ${notice.measure} ${notice.target.nameAtCapture}`);
      await take(notice).catch(console.error);
    })
    .listen(Number(DESK_PORT), '127.0.0.1', () => console.log(`notices are taken on http://127.0.0.1:${DESK_PORT}/`));
}
