/**
 * The human document of a notice as one HTML page, laid out after GB/T 9704-2012 (A4, 仿宋 of size 3, 22 lines of
 * 28 characters, red head and rule, 文号 with 六角括号, 落款 and date with four characters free at the right). A real
 * seal is never drawn, only its place; a draft says so across the page, and so does the demo. Only law that this
 * office's lawyer signed off is printed; the rest stands as 待法制确认.
 */
import { localDate, localMinute } from '../../core/clock.ts';
import { MEASURE_ZH } from '../../core/model/case.ts';
import type { NoticeBody } from '../../core/model/notice.ts';
import { SEAL_STATE_ZH } from '../../core/model/seal-state.ts';

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
export const esc = (text: string): string => text.replace(/[&<>"']/g, (ch) => ESCAPES[ch] ?? ch);

export const STYLE = `
@page { size: A4; margin: 37mm 26mm 35mm 28mm }
* { box-sizing: border-box }
body { margin: 0; background: #e9e9e6; color: #000 }
.sheet { position: relative; overflow: hidden; width: 210mm; min-height: 297mm; margin: 8mm auto; padding: 37mm 26mm 35mm 28mm; background: #fff;
  font: 16pt/28.9pt FangSong, 仿宋, FangSong_GB2312, STFangsong, "Noto Serif SC", "Noto Sans SC", serif; }
.head { color: #d40000; text-align: center; font: 700 30pt/1.3 "FZXiaoBiaoSong-B05S", 方正小标宋简体, STZhongsong, SimSun, "Noto Serif SC", "Noto Sans SC", serif; letter-spacing: .05em; padding-top: 6mm }
.number { text-align: center; margin-top: 28.9pt }
.rule { border: 0; border-top: 2pt solid #d40000; margin: 4mm 0 28.9pt }
h1 { font: 700 22pt/32pt "FZXiaoBiaoSong-B05S", 方正小标宋简体, STZhongsong, SimSun, "Noto Serif SC", "Noto Sans SC", serif; text-align: center; margin: 0 0 28.9pt }
p { margin: 0; text-indent: 2em; text-align: justify; overflow-wrap: anywhere }
p.to { text-indent: 0 }
h2 { font: 400 16pt/28.9pt SimHei, 黑体, STHeiti, "Noto Sans SC", sans-serif; text-indent: 2em; margin: 0 }
.quote { padding-left: 2em; text-indent: 0 }
.mono { font-size: 10pt; line-height: 16pt; text-indent: 0; text-align: left; padding-left: 3.2em; word-break: break-all }
.sign { margin-top: 57.8pt; text-align: right; padding-right: 4em; break-inside: avoid }
.seal { color: #777 }
.tail { margin-top: 28.9pt; border-top: .35mm solid #000; border-bottom: .35mm solid #000; font-size: 14pt; padding: 1mm 1em; break-inside: avoid }
.mark { position: absolute; inset: 0; pointer-events: none; color: rgba(212,0,0,.10); font: 700 54pt/1 SimHei, "Noto Sans SC", sans-serif; }
.mark span { position: absolute; left: 50%; transform: translate(-50%,-50%) rotate(-32deg); white-space: nowrap }
@media print { body { background: none } .sheet { width: auto; min-height: 0; margin: 0; padding: 0; overflow: visible } .mark { position: fixed } }
`;

/** 人社厅 style 文号 from our number: the year in 六角括号, the serial without padding. */
const documentNumber = (number: string): string => {
  const parts = /^HR-(\d{4})-0*(\d+)-T(\d+)$/.exec(number);
  return parts ? `聘查通〔${parts[1]}〕${parts[2]}-${parts[3]}号` : number;
};
export const chineseDate = (at: Date): string => {
  const [y, m, d] = localDate(at).split('-').map(Number);
  return `${y}年${m}月${d}日`;
};

/** The law of one finding: signed-off articles by name, otherwise that the lawyer's word is missing. */
export function basis(articles: NoticeBody['findings'][number]['legalBasis']): string {
  const signed = articles.filter((a) => a.verified);
  if (signed.length === 0) return '依据：待法制确认';
  return `依据：${signed.map((a) => `《${a.instrument}》${a.article}`).join('、')}`;
}

function findingLines(body: NoticeBody): string {
  return body.findings
    .map((f, i) => {
      const quote = f.quote ? `：“${esc(f.quote)}”` : '';
      const url = f.postUrl ? `<p class="mono">${esc(f.postUrl)}</p>` : '';
      return `<p>${i + 1}. ${esc(f.kindZh)}${quote}。${esc(basis(f.legalBasis))}。</p>${url}`;
    })
    .join('\n');
}

function request(body: NoticeBody): string {
  const term = body.until ? `，期限至${chineseDate(new Date(body.until))}` : '';
  const target = `账号“${body.target.nameAtCapture}”（平台账号 ${body.target.platformAccountId}）`;
  return `请你平台对${target}采取“${MEASURE_ZH[body.measure]}”措施${term}；于${chineseDate(new Date(body.ackDue))}前签收，于${chineseDate(new Date(body.actDue))}前处置完毕并回执处置时间和编号；相关信息及后台记录请予保全。`;
}

/** How far one item was vouched for when the notice was made; nothing of a notice that does not say. */
function sealLine({ seal }: NoticeBody['evidence'][number]): string {
  if (!seal) return '';
  const root = seal.root === null ? '尚无日根' : `日根第 ${seal.root} 号`;
  return `<br>制作本通知时的封存状态：${root}，${SEAL_STATE_ZH[seal.state]}`;
}

const evidenceLines = (body: NoticeBody): string =>
  body.evidence
    .map(
      (e, i) =>
        `<p class="mono">${i + 1}. ${esc(e.captureId)} · ${localMinute(new Date(e.capturedAt))}（北京时间）<br>SHA-256 ${esc(e.sha256)}${sealLine(e)}</p>`,
    )
    .join('\n');

/** Words across the page: draft and demo; nothing on an issued document of a real office. */
export function watermark(words: readonly string[]): string {
  if (words.length === 0) return '';
  const text = esc(words.join(' · '));
  return `<div class="mark" aria-hidden="true">${[18, 50, 82].map((top) => `<span style="top:${top}%">${text}</span>`).join('')}</div>`;
}

/**
 * Renders the document.
 * @param body the notice as it is sent
 * @param options `draft`: not yet approved; `platformName`: whom it addresses; `note`: e.g. that it was revoked;
 *   `supersedes`: number of the notice it replaces
 * @returns a complete HTML page without scripts or outside resources
 */
export function noticeDocument(body: NoticeBody, options: { draft: boolean; platformName: string; note?: string; supersedes?: string }): string {
  const marks = [...(options.draft ? ['稿样·未经签发'] : []), ...(body.demo ? ['演示'] : []), ...(options.note ? [options.note] : [])];
  const issued = new Date(body.effectiveFrom);
  const facts = body.facts
    .split('\n')
    .map((line) => `<p>${esc(line)}</p>`)
    .join('\n');
  return `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>${esc(`处置通知 ${body.number}`)}</title><style>${STYLE}</style></head>
<body><article class="sheet">${watermark(marks)}
<div class="head">${esc(body.issuer)}</div>
<div class="number">${esc(documentNumber(body.number))}</div>
<hr class="rule">
<h1>关于对“${esc(body.target.nameAtCapture)}”账号<br>${esc(MEASURE_ZH[body.measure])}的处置通知</h1>
<p class="to">${esc(options.platformName)}：</p>
${facts}
<h2>一、已确认的疑似情形</h2>
${findingLines(body)}
<h2>二、处置要求</h2>
<p>${esc(request(body))}</p>
<h2>三、异议</h2>
<p>${esc(body.redress)}</p>
<h2>四、证据清单</h2>
${evidenceLines(body)}
${options.supersedes ? `<p>本通知取代 ${esc(documentNumber(options.supersedes))}。</p>` : ''}
<div class="sign"><div>${esc(body.issuer)}</div><div class="seal">（印章）</div><div>${options.draft ? '　年　月　日' : chineseDate(issued)}</div></div>
<p>（联系方式：${esc(body.contact)}）</p>
</article></body></html>
`;
}
