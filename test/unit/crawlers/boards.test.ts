/** Boards configured in YAML: what is refused and where, what a page yields, and what no page may cost. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { previewLines } from '../../../bin/commands/boards.ts';
import { PinchaError } from '../../../core/errors.ts';
import { postInputSchema } from '../../../core/model/post.ts';
import { adapterOfSource, boardAdapter } from '../../../crawlers/boards/adapter.ts';
import { loadBoard } from '../../../crawlers/boards/load.ts';
import { previewBoard } from '../../../crawlers/boards/preview.ts';
import { selectorFault } from '../../../crawlers/boards/schema.ts';
import { openPage } from '../../../crawlers/boards/select.ts';

const YAML = readFileSync(path.join(import.meta.dirname, '../../../docs/examples/board.yaml'), 'utf8');
const board = loadBoard(YAML, 'board.yaml').board;
const html = (body: string): string => `<!DOCTYPE html><html><head><title>青岚人才网</title></head><body>${body}</body></html>`;
const LIST = html(`<ul class="jobs">
<li><a class="title" href="/job/1.html">分拣员</a><span class="pay">5000-6000元</span><i class="date">发布时间：2026-11-20</i></li>
<li><a class="title" href="/job/2.html">保洁员</a></li>
<li class="ad">广告</li></ul><a rel="next" href="?page=2">下一页</a>`);
const POST =
  html(`<h1>分拣员</h1><div class="company"><a data-id="c7" href="/c/7">青岚演示物流有限公司</a></div><p class="licence">统一社会信用代码：91110000MA00000000</p>
<div class="facts">学历：高中 经验：不限 <span class="pay">5000-6000元</span></div><div class="tags"><span>包住</span><span>餐补</span></div><time datetime="2026-11-20T08:00:00+08:00"></time>
<div class="description"><p>夜班分拣，限男性。</p><p>电话 13800000000</p><img src="/i/1.png"></div>
<ul class="jobs"><li><a class="title" href="/job/9.html">相似职位</a></li></ul>`);
const at = (url: string, page: string) => ({ url, html: page, fetchedAt: new Date('2026-11-21T00:00:00Z') });

/** The refusal of a changed declaration. */
function refusal(change: (text: string) => string): string {
  try {
    loadBoard(change(YAML), 'b.yaml');
  } catch (error) {
    if (error instanceof PinchaError) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'taken';
}
/** The line of the example on which these words stand. */
const line = (words: string): number => YAML.split('\n').findIndex((l) => l.includes(words)) + 1;

describe('a declaration', () => {
  it('is refused with field and line', () => {
    expect(refusal((t) => t.replace('item: ul.jobs > li', 'item: "ul:has(li)"'))).toContain(`第 ${line('item:')} 行 list.item：不支持 :has`);
    expect(refusal((t) => t.replace('salary: .facts .pay', 'salery: .facts .pay'))).toContain(`第 ${line('salary: .facts')} 行 post.fields.salery`);
    expect(refusal((t) => t.replace('start: https://rc', 'start: file:///rc'))).toContain(`第 ${line('start:')} 行 start：须为 http(s) 地址`);
    expect(refusal((t) => t.replace('delayMs: 3000', 'delayMs: 5'))).toContain(`第 ${line('delayMs:')} 行 delayMs`);
    expect(refusal((t) => t.replace('id: qinglan-rencai', 'id: zhipin'))).toContain('与内置平台重名');
    expect(refusal((t) => t.replace("captcha: '#verify'", 'captcha: "a["'))).toContain(`第 ${line('captcha:')} 行 states.captcha：不是有效的 CSS 选择器`);
    expect(refusal((t) => t.replace('attr: datetime', 'attr: datetime, script: alert(1)'))).toContain(
      `第 ${line('attr: datetime')} 行 post.fields.publishedAt`,
    );
    expect(refusal((t) => t.replace("hosts: ['*.rc.example.cn']", "hosts: ['*.cn']"))).toContain(`第 ${line('hosts:')} 行 hosts.0`);
    expect(refusal((t) => t.replace(/post:[\s\S]*?states:/, 'states:'))).toContain('有 list.link 时必须给出 post.fields');
    expect(refusal((t) => `${t}\nname: { zh: 又一个 }`)).toMatch(/INPUT_INVALID.*b\.yaml:\d+/);
    expect(refusal((t) => t.replace('list:', 'list: &l').replace('states:', 'x: *l\nstates:'))).toContain('别名');
    expect(refusal(() => '[]')).toContain('INPUT_INVALID');
    expect(refusal(() => '')).toContain('INPUT_INVALID');
    expect(refusal((t) => t + '#'.repeat(70_000))).toContain('FILE_TOO_LARGE');
  });

  it('takes plain selectors only', () => {
    for (const good of ['li', 'ul.a > li:first-child', 'a[href^="/job/"]', 'td:nth-child(2)', 'p:not(.ad), div']) expect(selectorFault(good), good).toBeNull();
    for (const bad of ['a:has(b)', 'a:contains("x")', 'a ~ b', 'a::before', ':not(:not(a))', 'a b c d e f g h i', 'a,b,c,d,e,f,g', 'x'.repeat(300), 'a[', '>>'])
      expect(selectorFault(bad), bad).not.toBeNull();
  });

  it('never takes down the reader, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        expect(() => loadBoard(text, 'x.yaml')).toThrow(PinchaError);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a page by its declaration', () => {
  const adapter = boardAdapter(board);

  it('is read as a list with its links and next page', () => {
    const page = adapter.parse(at('https://rc.example.cn/jobs', LIST));
    expect(page.status).toBe('ok');
    expect(page.posts.map((p) => [p.title, p.salary, p.publishedAt])).toEqual([
      ['分拣员', '5000-6000元', '2026-11-20'],
      ['保洁员', undefined, undefined],
    ]);
    expect(page.links).toEqual([
      { url: 'https://rc.example.cn/job/1.html', kind: 'post' },
      { url: 'https://rc.example.cn/job/2.html', kind: 'post' },
      { url: 'https://rc.example.cn/jobs?page=2', kind: 'list' },
    ]);
  });

  it('is read as a post although similar posts are listed on it', () => {
    const page = adapter.parse(at('https://rc.example.cn/job/1.html', POST));
    expect(page.account).toEqual({ id: 'c7', name: '青岚演示物流有限公司', subjectName: '青岚演示物流有限公司', uscc: '91110000MA00000000' });
    expect(page.posts).toHaveLength(1);
    expect(page.posts[0]).toMatchObject({
      id: 'https://rc.example.cn/job/1.html',
      platform: 'qinglan-rencai',
      title: '分拣员',
      text: '夜班分拣，限男性。\n电话 13800000000',
      education: '高中',
      welfare: ['包住', '餐补'],
      publishedAt: '2026-11-20T08:00:00+08:00',
      images: ['https://rc.example.cn/i/1.png'],
      contacts: ['phone:13800000000'],
    });
    expect(postInputSchema.safeParse(page.posts[0]).success).toBe(true);
  });

  it('says what it says: closed, walled, empty, and drift for anything else', () => {
    const status = (body: string): string => adapter.parse(at('https://rc.example.cn/x', html(body))).status;
    expect(status('<h1>分拣员</h1><p class="closed">该职位已关闭</p><div class="description">夜班</div>')).toBe('expired');
    expect(status('<form id="verify">请完成验证</form>')).toBe('captcha');
    expect(status('<p class="no-jobs">暂无职位</p>')).toBe('empty_state');
    expect(status('<p>改版了</p>')).toBe('parse_drift');
  });

  it('costs no more than its bounds: too deep, too many elements or siblings, and a budget of time', () => {
    const drift = (body: string): string | null => adapter.parse(at('https://rc.example.cn/x', html(body))).statusReason;
    expect(drift('<div>'.repeat(400))).toContain('层级');
    expect(drift('<i></i>'.repeat(11_000))).toContain('同级');
    expect(drift(`<b>${'<i></i>'.repeat(2_000)}</b>`.repeat(120))).toContain('元素超过');
    let clock = 0;
    const page = openPage(LIST, null, () => {
      clock += 900;
      return clock;
    });
    expect(page.find('li').length).toBe(3);
    page.find('li');
    expect(() => page.find('li')).toThrow(/用时超过/);
  });

  it('is refused as a source when its stored declaration no longer holds', () => {
    expect(adapterOfSource({ platform: 'qinglan-rencai', board: loadBoard(YAML, 'b').written }).hosts).toEqual(['rc.example.cn', '*.rc.example.cn']);
    expect(adapterOfSource({ platform: 'zhipin', board: null }).id).toBe('zhipin');
    expect(() => adapterOfSource({ platform: 'x', board: { id: 'x' } })).toThrow();
    expect(() => adapterOfSource({ platform: 'unbekannt', board: null })).toThrow(/unbekannt/);
  });
});

describe('the preview', () => {
  it('shows what each selector yields, in items or on the page', () => {
    const { selectors, page } = previewBoard(board, at('https://rc.example.cn/jobs', LIST));
    const shown = new Map(selectors.map((s) => [s.field, s]));
    expect(shown.get('list.item')).toMatchObject({ found: 3 });
    expect(shown.get('list.link')).toMatchObject({ found: 2, values: ['https://rc.example.cn/job/1.html', 'https://rc.example.cn/job/2.html'] });
    expect(shown.get('list.fields.publishedAt')).toMatchObject({ found: 1, values: ['2026-11-20'] });
    expect(shown.get('post.fields.text')).toMatchObject({ found: 0, values: [] });
    expect(page.links).toHaveLength(3);
    const lines = previewLines({ selectors, page });
    expect(lines).toContain('✓ list.fields.title  a.title  2 处');
    expect(lines).toContain('✗ states.expired  .closed  0 处');
    expect(lines.at(-1)).toBe('页面状态 ok；招聘信息 2 条，链接 3 个');
  });
});
