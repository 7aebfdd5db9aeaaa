/** Posts from files as they come: JSON lines, arrays, csv and workbooks, broken rows among them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_TEXT } from '../../../core/model/post.ts';
import { boundedLines, type PostItem, readPosts } from '../../../crawlers/registries/posts.ts';
import { all, listFiles } from '../../support/list-files.ts';

const { file, workbook } = listFiles();
const rejectsOf = (items: readonly PostItem[]) => items.filter((i) => 'reject' in i);

describe('posts', () => {
  it('keeps the good lines and names what is wrong with the others', async () => {
    const lines = [
      '\ufeff{"id":"1","text":"招普工","company_size":"20人","account":{"name":"号","size":"30人","birthday":"1990-01-01"}}',
      '{"id":"2","text":',
      '',
      '"just a string"',
      '{"id":"3"}',
      '{"id":"4","text":7}',
      '{"id":"5","title":null,"text":"夜班","account":{"name":"号","subjectType":"boss"}}',
      '{"id":"6","images":["http://127.0.0.1/a.png"]}',
    ];
    const items = await all(readPosts(file('broken.jsonl', lines.join('\r\n'))));
    expect(items.flatMap((i) => ('post' in i ? [[i.line, i.post.id, i.post['company_size'] ?? i.post.account?.['size'] ?? null]] : []))).toEqual([
      [1, '1', '30人'],
      [8, '6', null],
    ]);
    expect(rejectsOf(items)).toEqual([
      { line: 2, reject: expect.stringContaining('JSON') },
      { line: 4, reject: '不是一个 JSON 对象' },
      { line: 5, reject: expect.stringContaining('text') },
      { line: 6, reject: expect.stringMatching(/^text: /) },
      { line: 7, reject: expect.stringContaining('account.subjectType') },
    ]);
  });

  it('names the line of a post that stands in itself without end, and goes on', async () => {
    const deep = (levels: number, id: string): string => `{"id":"${id}","text":"夜班","x":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    const items = await all(readPosts(file('deep.jsonl', [deep(3, 'a'), deep(20_000, 'b'), deep(0, 'c').replace('"x":', '"x":1')].join('\n'))));
    expect(items.map((i) => ('post' in i ? i.post.id : `${i.line} ${i.reject}`))).toEqual(['a', '2 嵌套超过 40 层', 'c']);
  });

  it('reads names other programs use, and a credit code beside a company', async () => {
    const [item] = await all(
      readPosts(
        file(
          'other.jsonl',
          '{"title":"a","company":"青岚庚厂","business_scope":"加工","credit_code":"91990000000000003X","published":"2026-01-02 03:04:05"}\n',
        ),
      ),
    );
    expect(item).toMatchObject({
      post: { businessScope: '加工', publishedAt: '2026-01-02 03:04:05', account: { name: '青岚庚厂', subjectName: '青岚庚厂', uscc: '91990000000000003X' } },
    });
  });

  it('cuts an endless text and says so', async () => {
    const [item] = await all(readPosts(file('long.jsonl', `${JSON.stringify({ text: '长'.repeat(MAX_TEXT + 5) })}\n`)));
    expect(item).toMatchObject({ post: { textCut: true } });
    expect(item && 'post' in item ? item.post.text?.length : 0).toBe(MAX_TEXT);
  });

  it('passes over a line beyond the limit without holding it', async () => {
    const chunks = (async function* () {
      yield 'ok1\n';
      for (let i = 0; i < 50; i += 1) yield 'x'.repeat(10);
      yield '\nok2';
    })();
    expect(await all(boundedLines(chunks, 100))).toEqual([
      { line: 1, text: 'ok1' },
      { line: 2, text: null },
      { line: 3, text: 'ok2' },
    ]);
  });

  it('cuts lines the same wherever the chunks fall', async () => {
    const text = '甲\n\n乙丙丁\n戊';
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: text.length }), { maxLength: 4 }), async (cuts) => {
        const places = [0, ...[...cuts].sort((a, b) => a - b), text.length];
        const chunks = (async function* () {
          for (let i = 1; i < places.length; i += 1) yield text.slice(places[i - 1], places[i]);
        })();
        expect((await all(boundedLines(chunks))).map((l) => l.text)).toEqual(['甲', '', '乙丙丁', '戊']);
      }),
    );
  });

  it('reads one pretty-printed array', async () => {
    const items = await all(readPosts(file('array.json', JSON.stringify([{ text: '一' }, 3, { text: '二' }], null, 2))));
    expect(items).toMatchObject([
      { line: 1, post: { text: '一' } },
      { line: 2, reject: '不是一个 JSON 对象' },
      { line: 3, post: { text: '二' } },
    ]);
  });

  it('reads a table with other column names and leaves unknown columns in the file', async () => {
    const source = await workbook('posts.xlsx', {
      导出: [
        ['某平台导出（10月）'],
        ['岗位编号', '招聘岗位', '用人单位', '薪资待遇', '岗位描述', '性别要求', '发布时间', '联系方式', '公众号名称', '统一社会信用代码', '经办人生日'],
        [
          7,
          '收银员',
          '青岚辛超市',
          '4000元/月',
          '早晚班\n限女',
          '女',
          new Date(Date.UTC(2026, 10, 2)),
          '13900001111',
          '青岚招工',
          '91990000000000004X',
          '1990-01-01',
        ],
        [8, '', '', '', '', '', '', '', '', '', ''],
      ],
    });
    const items = await all(readPosts(source));
    expect(items[0]).toMatchObject({
      line: 3,
      post: {
        id: '7',
        title: '收银员',
        company: '青岚辛超市',
        salary: '4000元/月',
        text: '早晚班\n限女',
        sex: '女',
        publishedAt: '2026-11-02',
        contacts: ['phone:13900001111'],
        account: { name: '青岚招工', subjectName: '青岚辛超市', uscc: '91990000000000004X' },
      },
    });
    expect(JSON.stringify(items[0])).not.toContain('1990-01-01');
    expect(items[1]).toMatchObject({ line: 4, reject: expect.stringContaining('text') });
  });

  it('goes on behind a csv row with broken quotes', async () => {
    const items = await all(readPosts(file('quotes.csv', '职位名称,职位描述\n甲,"好"的\n乙,普通\n')));
    expect(items.flatMap((i) => ('post' in i ? [i.post.title] : []))).toContain('乙');
  });

  it('names the column a table lacks', async () => {
    await expect(all(readPosts(file('none.csv', '甲,乙\n1,2\n')))).rejects.toMatchObject({ code: 'COLUMNS_UNKNOWN', details: { field: '正文（text）' } });
  });
});
