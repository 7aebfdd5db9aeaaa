/**
 * 电子数据提取笔录: the printable record of an evidence package, one HTML page without scripts or outside resources. Time,
 * method, tools and digests are filled from what the package holds; place, network, the two officers, the witness and
 * their signatures are left as lines to be written by hand, because no machine can say them. Law is printed only when
 * this office's lawyer signed it off, everything found stands as 疑似, and the state of signature is always said.
 */
import { localMinute } from '../../core/clock.ts';
import type { FindingFacts } from '../../core/model/facts.ts';
import { suspected } from '../notice/compose.ts';
import { basis, chineseDate, esc, STYLE, watermark } from '../notice/document.ts';
import { maskText } from '../review/mask.ts';

/** One sealed look as the record prints it. */
export interface RecordedCapture {
  readonly id: string;
  readonly kind: string;
  readonly finalUrl: string;
  readonly status: number | null;
  readonly via: string;
  readonly fetchedAt: string;
  readonly size: number;
  readonly sha256: string;
  readonly sm3: string;
  readonly files: readonly { readonly kind: string; readonly sha256: string; readonly from: string | null }[];
}

export interface ExtractionFacts {
  readonly issuer: string;
  readonly contact: string;
  readonly demo: boolean;
  readonly caseNumber: string;
  readonly account: {
    readonly platformName: string;
    readonly name: string;
    readonly externalId: string;
    readonly url: string | null;
    readonly subjectName: string | null;
  };
  readonly findings: readonly FindingFacts[];
  readonly captures: readonly RecordedCapture[];
  /** Later answers that said that one of these still stood unchanged (304). */
  readonly revisits: readonly { readonly of: string; readonly fetchedAt: string }[];
  /** Digests of the archive's file. */
  readonly archive: { readonly path: string; readonly bytes: number; readonly sha256: string; readonly sm3: string };
  readonly exportedAt: Date;
  readonly exportedBy: string;
  /** Names of the people who decided on findings or proposed. */
  readonly people: readonly string[];
  /** e.g. `pincha/0.1.0`, `Node v20.20.0`. */
  readonly tools: readonly string[];
  /** 已签名并加盖时间戳 · 已签名 · 未签名, with what it rests on. */
  readonly standing: string;
  /** What the package cannot prove of where it comes from. */
  readonly origin: string;
  /** The roots its ledger rows stand under, with digest, for comparing. */
  readonly roots: readonly string[];
}

/** More than this are read in the package's list: paper has an end. */
const MAX_ROWS = 1_000;
/** Of the times a page was seen again unchanged, the latest. */
const MAX_SEEN = 20;

const KIND_ZH: Record<string, string> = { account: '账号页', list: '列表页', post: '招聘信息页', image: '图片', probe: '回访', import: '导入文件' };
const VIA_ZH: Record<string, string> = { http: '网络在线提取（HTTP 请求）', browser: '浏览器渲染后提取', import: '导入文件' };
const FILE_ZH: Record<string, string> = { shot: '页面截图', dom_text: '页面文字', page_layout: '页面版面位置', ocr_text: '图片文字', masked: '遮盖副本' };

const OWN = `
.sheet { font-size: 12pt; line-height: 20pt }
h1 { margin-bottom: 8mm }
table { width: 100%; border-collapse: collapse; margin: 2mm 0 5mm; table-layout: fixed }
th, td { border: .3mm solid #000; padding: 1mm 1.5mm; text-align: left; vertical-align: top; overflow-wrap: anywhere; font-weight: 400 }
th { width: 32mm }
td .mono, .mono { padding: 0; font: 8.5pt/12pt ui-monospace, Consolas, monospace }
tr { break-inside: avoid }
.items th { width: 12mm }
.hand { display: inline-block; min-width: 55mm; border-bottom: .3mm solid #000; height: 1.2em }
`;

const row = (name: string, value: string): string => `<tr><th>${esc(name)}</th><td>${value}</td></tr>`;
const HAND = '<span class="hand"></span>';
const minute = (iso: string): string => `${localMinute(new Date(iso))}（北京时间）`;

function span(captures: readonly RecordedCapture[]): string {
  const times = captures.map((c) => c.fetchedAt).sort();
  const [first, last] = [times[0], times.at(-1)];
  if (!first || !last) return '无';
  return first === last ? minute(first) : `${minute(first)} 至 ${minute(last)}`;
}

function methods(captures: readonly RecordedCapture[]): string {
  const counts = new Map<string, number>();
  for (const c of captures) counts.set(c.via, (counts.get(c.via) ?? 0) + 1);
  return [...counts].map(([via, n]) => `${VIA_ZH[via] ?? via} ${n} 件`).join('；') || '无';
}

function item(c: RecordedCapture, i: number, revisits: ExtractionFacts['revisits']): string {
  const files = c.files
    .map(
      (f) =>
        `<br>${FILE_ZH[f.kind] ?? esc(f.kind)}${f.kind === 'masked' ? '（另存，原件未改动）' : f.from === 'live' ? '（实时页面）' : '（依存证字节排版）'} SHA-256 ${esc(f.sha256)}`,
    )
    .join('');
  const head = `${KIND_ZH[c.kind] ?? esc(c.kind)} · ${minute(c.fetchedAt)} · ${c.status ?? '无状态码'} · ${c.size} 字节 · ${VIA_ZH[c.via] ?? esc(c.via)}`;
  return `<tr><th>${i + 1}</th><td>${head}<div class="mono">${esc(c.finalUrl)}<br>存证件 ${esc(c.id)}<br>SHA-256 ${esc(c.sha256)}<br>SM3 ${esc(c.sm3)}${files}${seenAgain(c, revisits)}</div></td></tr>`;
}

/** Under a capture: when it was seen again unchanged. */
function seenAgain(c: RecordedCapture, revisits: ExtractionFacts['revisits']): string {
  const times = revisits.filter((r) => r.of === c.id).map((r) => r.fetchedAt);
  const shown = times.slice(-MAX_SEEN).map(minute);
  return times.length === 0 ? '' : `<br>其后主机应答未变化（304）${times.length} 次：${esc(shown.join('；'))}`;
}

const STATE_ZH: Record<FindingFacts['state'], string> = { open: '待审核', confirmed: '经人工确认', rejected: '经人工排除', superseded: '已更替' };

function findingRow(f: FindingFacts, i: number): string {
  const quote = f.quote ? `：“${esc(maskText(f.quote))}”` : '';
  const shown = f.capture ? `<div class="mono">存证件 ${esc(f.capture.id)}</div>` : '<div class="mono">无存证件</div>';
  return `<tr><th>${i + 1}</th><td>${esc(suspected(f.kind))}${quote}（${STATE_ZH[f.state]}）。${esc(basis([...f.articles]))}。${shown}</td></tr>`;
}

/** Most of the steps are the machine's own; they are said as they are, so that another can repeat them. */
const CRAWLED = '按站点 robots.txt 与访问间隔请求公开网页，不登录、不绕过任何访问限制；';
const HANDED_IN = '由人提交的文件按原样封存，提交人与取得方式见存证链；';
const STEPS = [
  '收到应答后先行封存：请求与应答写入 WARC 1.1 文件并落盘，计算正文的 SHA-256 与 SM3（GB/T 32905）；',
  '在同一事务内写入存证链，每一条的哈希包含前一条的哈希；',
  '页面截图与页面文字由封存的字节离线排版生成，不联网、不运行脚本，另列存证链记录；注明“实时页面”的，为浏览器呈现该页时对当时页面的留影；',
  '本包逐字节复制封存的记录，附存证链记录、清单、经手记录与校验程序。',
];

/**
 * Renders the record.
 * @returns a complete HTML page
 */
export function extractionRecord(facts: ExtractionFacts): string {
  const { account, captures, archive } = facts;
  const standing = facts.findings.filter((f) => f.state !== 'superseded');
  const url = account.url ? `<div class="mono">${esc(account.url)}</div>` : '';
  const [crawled, handedIn] = [captures.some((c) => c.via !== 'import'), captures.some((c) => c.via === 'import')];
  const steps = [...(crawled ? [CRAWLED] : []), ...(handedIn ? [HANDED_IN] : []), ...STEPS];
  const more = captures.length > MAX_ROWS ? `<p>其余 ${captures.length - MAX_ROWS} 件见包内 pincha/captures.jsonl。</p>` : '';
  return `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>${esc(`电子数据提取笔录 ${facts.caseNumber}`)}</title><style>${STYLE}${OWN}</style></head>
<body><article class="sheet">${watermark(facts.demo ? ['演示'] : [])}
<h1>电子数据提取笔录</h1>
<table>
${row('案件编号', esc(facts.caseNumber))}
${row('案由', '网络招聘信息巡查发现的疑似情形（见第二部分）')}
${row('提取机关', esc(facts.issuer))}
${row('提取时间', span(captures))}
${row('提取地点', HAND)}
${row('网络环境', HAND)}
${row('提取对象', `${esc(account.platformName)} 账号“${esc(account.name)}”（平台账号 ${esc(account.externalId)}${account.subjectName ? `，认证主体 ${esc(account.subjectName)}` : ''}）${url}`)}
${row('提取方法', esc(methods(captures)))}
${row('设备与软件', facts.tools.map(esc).join('；'))}
${row('审核人员', facts.people.map(esc).join('、') || '尚无')}
${row('导出', `${esc(facts.exportedBy)} · ${minute(facts.exportedAt.toISOString())}`)}
${row('签名状态', esc(facts.standing))}
${row('未证明事项', esc(facts.origin))}
</table>
<h2>一、提取过程</h2>
${steps.map((step, i) => `<p>${i + 1}. ${esc(step)}</p>`).join('\n')}
<h2>二、疑似情形</h2>
<table class="items">${standing.slice(0, MAX_ROWS).map(findingRow).join('\n') || row('—', '无')}</table>
<h2>三、电子数据清单（共 ${captures.length} 件）</h2>
<table class="items">${
    captures
      .slice(0, MAX_ROWS)
      .map((c, i) => item(c, i, facts.revisits))
      .join('\n') || row('—', '无')
  }</table>
${more}
<p>归档文件 ${esc(archive.path)}，${archive.bytes} 字节。</p>
<p class="mono">SHA-256 ${esc(archive.sha256)}<br>SM3 ${esc(archive.sm3)}</p>
<p>包内每一部件的 SHA-256 与 SM3 见 pincha/manifest.json；整包摘要不能写入包内，请按导出回执填写，供核对来源：整包 SHA-256 ${HAND}</p>
<p>日根摘要（供与出证机关公布的核对）：${facts.roots.length === 0 ? '尚无日根。' : ''}</p>
${facts.roots.length === 0 ? '' : `<p class="mono">${facts.roots.slice(0, MAX_ROWS).map(esc).join('<br>')}</p>`}
<h2>四、签名</h2>
<table>
${row('提取人（一）', `${HAND}　执法证号 ${HAND}`)}
${row('提取人（二）', `${HAND}　执法证号 ${HAND}`)}
${row('见证人', HAND)}
${row('电子数据持有人或提供人', HAND)}
</table>
<div class="sign"><div>${esc(facts.issuer)}</div><div class="seal">（印章）</div><div>${chineseDate(facts.exportedAt)}</div></div>
<p>（联系方式：${esc(facts.contact)}）</p>
</article></body></html>
`;
}
