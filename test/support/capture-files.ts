/** Files of captures of our own making, as browsers, recorders and chat programs write them. */
import { gzipSync } from 'node:zlib';
import { storedZip } from './stored-zip.ts';

export const JOB_URL = 'https://jobs.yunting.example/p/77';
export const PICTURE_URL = 'https://jobs.yunting.example/i/77.png';
/** A page with schema.org JobPosting, which the adapter for any site reads. */
export const JOB_PAGE = `<!doctype html><html><head><meta charset="utf-8"><title>包装工</title>
<script type="application/ld+json">${JSON.stringify({
  '@context': 'https://schema.org',
  '@type': 'JobPosting',
  title: '包装工',
  description: '<p>诚聘包装工两名，月薪五千元，入职须交服装押金三百元，面试电话联系。</p>',
  datePosted: '2026-11-20',
  image: PICTURE_URL,
  hiringOrganization: { '@type': 'Organization', name: '云汀市清河包装有限公司' },
  jobLocation: { '@type': 'Place', address: { addressLocality: '云汀市' } },
})}</script></head><body><h1>包装工</h1><p>诚聘包装工两名。</p><img src="${PICTURE_URL}"></body></html>`;
/** One transparent pixel. */
export const PIXEL = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64');

const quoted = (text: string): string =>
  [...Buffer.from(text, 'utf8')]
    .map((b) => (b === 0x3d || b > 0x7e || (b < 0x20 && b !== 0x0a) ? `=${b.toString(16).toUpperCase().padStart(2, '0')}` : String.fromCharCode(b)))
    .join('')
    .split('\n')
    .map((line) => line.replace(/.{60}(?=.)(?<!=.?)/g, '$&=\r\n'))
    .join('\r\n');

/** As Chromium saves a page. */
export const mhtmlFile = (): Buffer =>
  Buffer.from(
    [
      'From: <Saved by Blink>',
      `Snapshot-Content-Location: ${JOB_URL}`,
      'Subject: =?utf-8?Q?x?=',
      'Date: Fri, 20 Nov 2026 02:10:00 -0000',
      'MIME-Version: 1.0',
      'Content-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="----MultipartBoundary--7x----"',
      '',
      '------MultipartBoundary--7x----',
      'Content-Type: text/html',
      'Content-ID: <frame-1@mhtml.blink>',
      'Content-Transfer-Encoding: quoted-printable',
      `Content-Location: ${JOB_URL}`,
      '',
      quoted(JOB_PAGE),
      '------MultipartBoundary--7x----',
      'Content-Type: image/png',
      'Content-Transfer-Encoding: base64',
      `Content-Location: ${PICTURE_URL}`,
      '',
      PIXEL.toString('base64'),
      '------MultipartBoundary--7x------',
      '',
    ].join('\r\n'),
    'latin1',
  );

const entry = (url: string, mimeType: string, content: object, status = 200) => ({
  startedDateTime: '2026-11-20T10:10:00.000+08:00',
  request: { method: 'GET', url },
  response: { status, content: { mimeType, ...content } },
});
/** As a browser or a recording proxy writes its traffic. */
export const harFile = (): Buffer =>
  Buffer.from(
    JSON.stringify({
      log: {
        version: '1.2',
        entries: [
          entry('https://jobs.yunting.example/a.css', 'text/css', { text: 'p{}' }),
          entry(JOB_URL, 'text/html; charset=gbk', { text: JOB_PAGE }),
          entry(PICTURE_URL, 'image/png', { text: PIXEL.toString('base64'), encoding: 'base64' }),
          entry('https://jobs.yunting.example/none', 'text/html', { text: '' }, 204),
          { broken: true },
        ],
      },
    }),
  );

/** Traffic with a feed whose entry shows a picture. */
export const feedHar = (): Buffer => {
  const item = `<item><title>招工</title><link>https://feeds.yunting.example/1</link><description>&lt;p&gt;招搬运工三名，日结二百，入职先交工牌押金五十元。&lt;/p&gt;&lt;img src="${PICTURE_URL}"&gt;</description></item>`;
  const rss = `<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>云汀招工</title><link>https://feeds.yunting.example/</link>${item}</channel></rss>`;
  const entries = [
    entry(PICTURE_URL, 'image/png', { text: PIXEL.toString('base64'), encoding: 'base64' }),
    entry('https://feeds.yunting.example/rss', 'application/rss+xml', { text: rss }),
  ];
  return Buffer.from(JSON.stringify({ log: { version: '1.2', entries } }));
};

function record(type: string, url: string, contentType: string, block: Buffer): Buffer {
  const head = [
    'WARC/1.1',
    `WARC-Type: ${type}`,
    `WARC-Target-URI: ${url}`,
    'WARC-Date: 2026-11-20T02:10:00Z',
    `Content-Type: ${contentType}`,
    `Content-Length: ${block.length}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), block, Buffer.from('\r\n\r\n')]);
}
const http = (headers: readonly string[], body: Buffer): Buffer => Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\n${headers.join('\r\n')}\r\n\r\n`), body]);
const chunked = (body: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(`${(10).toString(16)}\r\n`),
    body.subarray(0, 10),
    Buffer.from(`\r\n${(body.length - 10).toString(16)};x=1\r\n`),
    body.subarray(10),
    Buffer.from('\r\n0\r\n\r\n'),
  ]);

const records = (): Buffer[] => [
  record('warcinfo', '', 'application/warc-fields', Buffer.from('software: test\r\n')),
  record('request', JOB_URL, 'application/http; msgtype=request', Buffer.from('GET /p/77 HTTP/1.1\r\n\r\n')),
  record(
    'response',
    JOB_URL,
    'application/http; msgtype=response',
    http(['Content-Type: text/html', 'Transfer-Encoding: chunked', 'Content-Encoding: gzip'], chunked(gzipSync(JOB_PAGE))),
  ),
  record('resource', PICTURE_URL, 'image/png', PIXEL),
];
/** Plain, or gzipped record by record as the standard wants it. */
export const warcFile = (zipped: boolean): Buffer => Buffer.concat(records().map((r) => (zipped ? gzipSync(r) : r)));
export const waczFile = (): Buffer => storedZip({ 'datapackage.json': '{"profile":"data-package"}', 'archive/data.warc.gz': warcFile(true) });

export const QQ_CHAT = `消息记录（此消息记录为文本格式，不支持重新导入）

================================================================
消息分组:我的QQ群
================================================================
消息对象:云汀兼职日结群
================================================================

2026-11-20 9:05:07 【管理员】阿强(123456789)
急招分拣工20名，日结180，包工作餐，入职先交50元工牌押金，报名私聊我

2026-11-20 9:06:00 小雨(987654321)
[图片]

2026-11-20 9:07:11 小雨(987654321)
今天下雨吗

2026-11-20 9:30:00 阿强(123456789)
急招分拣工20名，日结180，包工作餐，入职先交50元工牌押金，报名私聊我
`;
export const WECHAT_CHAT = `“北渡招工互助群”的聊天记录

—————  2026-11-19  —————

王经理  21:40

诚聘服务员两名，月薪4500，包吃包住
要求：女，18-30岁

路人  21:41

收到，谢谢

—————  2026-11-20  —————

王经理  上午8:02

早上好
`;
