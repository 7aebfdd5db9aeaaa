/** Lists and post files with other people's columns, encodings, dates and mistakes. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ExcelJS from 'exceljs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldHeader, mapColumns } from '../../../crawlers/registries/columns.ts';
import { readCompanies } from '../../../crawlers/registries/companies.ts';
import { isRange, readDate } from '../../../crawlers/registries/dates.ts';
import { type LicenceItem, readLicences } from '../../../crawlers/registries/licences.ts';
import { readTable, sniffDelimiter } from '../../../crawlers/registries/table.ts';
import { checkZip } from '../../../crawlers/registries/zip.ts';
import { all, listFiles } from '../../support/list-files.ts';

const FIXTURES = path.join(import.meta.dirname, '../../fixtures/registries');
const { file, workbook } = listFiles();
const rowsOf = (items: readonly LicenceItem[]) => items.flatMap((i) => ('row' in i ? [i.row] : []));
const rejectsOf = (items: readonly LicenceItem[]) => items.filter((i) => 'reject' in i);

describe('columns', () => {
  it.each([
    [
      ['序号', '机构名称', '统一社会信用代码', '许可证编号', '业务范围', '发证机关', '发证日期', '有效期至', '住所'],
      ['name', 'uscc', 'number', 'scope', 'authority', 'validFrom', 'validUntil', 'address'],
      [1, 2, 3, 4, 5, 6, 7, 8],
    ],
    [
      ['企业名 称', '社会信用代码（统一）', '证书编号', '许可事项', '核发部门', '发证日', '有效期止', '许可或备案'],
      ['name', 'uscc', 'number', 'scope', 'authority', 'validFrom', 'validUntil', 'form'],
      [0, 1, 2, 3, 4, 5, 6, 7],
    ],
    [
      ['人力资源服务机构名称', '人力资源服务许可证编号', '服务范围', '首次发证时间', '许可有效期截止日期', '审批部门'],
      ['name', 'number', 'scope', 'validFrom', 'validUntil', 'authority'],
      [0, 1, 2, 3, 4, 5],
    ],
    [
      ['Company Name', 'Licence No.', 'Valid until', 'Address'],
      ['name', 'number', 'validUntil', 'address'],
      [0, 1, 2, 3],
    ],
    [
      ['备案编号', '单位名称', '备案机关', '备案日期', '备案事项'],
      ['number', 'name', 'authority', 'validFrom', 'scope'],
      [0, 1, 2, 3, 4],
    ],
  ])('%j', (header, fields, columns) => {
    const { mapping } = mapColumns(header, 'licences');
    expect(mapping).toEqual(Object.fromEntries(fields.map((field, i) => [field, columns[i]])));
  });

  it('takes no number, telephone or person for a name', () => {
    expect(mapColumns(['序号', '联系电话', '法定代表人', '证书名称'], 'licences').mapping.name).toBeUndefined();
  });

  it('lets a person say better', () => {
    expect(mapColumns(['名称', '别名'], 'licences', { given: { name: '别名' } }).mapping.name).toBe(1);
  });

  it('gives every column to one field at most', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('名称', '编号', '有效期', '范围', '日期', '地址', 'x', '机关', '类型'), { maxLength: 12 }), (header) => {
        const columns = Object.values(mapColumns(header, 'licences').mapping);
        expect(new Set(columns).size).toBe(columns.length);
      }),
    );
  });

  it('folds width, case, blanks and marks', () => {
    expect(foldHeader(' ＵＳＣＣ（统一）*：')).toBe('uscc统一');
  });
});

describe('dates of lists', () => {
  it.each([
    ['2026年3月1日', false, '2026-03-01'],
    ['2026/3/1', false, '2026-03-01'],
    ['2026.03.01', false, '2026-03-01'],
    ['20260301', false, '2026-03-01'],
    ['二〇二六年三月十五日', false, '2026-03-15'],
    ['二〇二六年十二月三十一日', false, '2026-12-31'],
    ['2026年2月', false, '2026-02-01'],
    ['2026年2月', true, '2026-02-28'],
    [46082, false, '2026-03-01'],
    ['46082', false, '2026-03-01'],
    [new Date(Date.UTC(2026, 2, 1)), false, '2026-03-01'],
    ['2021年3月1日至2026年2月28日', true, '2026-02-28'],
    ['2021年3月1日至2026年2月28日', false, '2021-03-01'],
    ['2021.3.1-2026.2.28', true, '2026-02-28'],
  ] as const)('%j (end: %j) is %s', (cell, end, expected) => {
    expect(readDate(cell, end)).toEqual({ date: expected, longTerm: false, unread: false });
  });
  it.each(['长期', '永久有效', '2021年3月1日至长期'])('%s has no end', (cell) => {
    expect(readDate(cell, true)).toEqual({ date: null, longTerm: true, unread: false });
  });
  it.each(['2026-02-30', '见附件', '13月'])('%s is no date, and says so', (cell) => {
    expect(readDate(cell)).toEqual({ date: null, longTerm: false, unread: true });
  });
  it.each([null, '', '-', '无', '——'])('%j is nothing', (cell) => {
    expect(readDate(cell)).toEqual({ date: null, longTerm: false, unread: false });
  });
  it('knows a range', () => {
    expect([isRange('2021年3月1日至2026年2月28日'), isRange('2021-03-01至长期'), isRange('2021-03-01'), isRange('长期')]).toEqual([true, true, false, false]);
  });
});

describe('licence lists', () => {
  it('reads a GBK csv with titles above and notes below', async () => {
    const source = path.join(FIXTURES, 'licences-gbk.csv');
    expect(readFileSync(source).includes(Buffer.from('青岚', 'utf8'))).toBe(false);
    const list = await readLicences(source);
    expect(list.mapping).toEqual({
      name: '单位全称',
      uscc: '信用代码',
      number: '许可证编号',
      scope: '许可事项',
      validUntil: '有效期限',
      authority: '发证机关',
    });
    expect(list.title).toContain('2026年10月');
    const items = await all(list.rows);
    expect(rowsOf(items)).toEqual([
      {
        name: '青岚演示人力资源有限公司',
        uscc: '91990000000000001X',
        number: '(岚)人服证字〔2024〕第0001号',
        scope: '职业中介活动,人力资源测评',
        authority: '青岚市人力资源和社会保障局',
        validFrom: '2024-03-01',
        validUntil: '2029-02-28',
        address: null,
        form: 'licence',
      },
      expect.objectContaining({ name: '云溪演示劳务有限公司', uscc: null, validFrom: null, validUntil: null }),
    ]);
    expect(rejectsOf(items)).toEqual([
      expect.objectContaining({ line: 6, reason: '没有单位名称' }),
      expect.objectContaining({ line: 7, reason: expect.any(String) }),
    ]);
  });

  it('reads a workbook with dates as dates, serials and words, rich text and a second sheet of filings', async () => {
    const source = await workbook('odd.xlsx', {
      许可: [
        ['青岚市名录'],
        [],
        ['证书编号', '机构全称', '社会信用代码（统一）', '发证日', '有效期止', '备注说明'],
        ['岚许0001', { richText: [{ text: '青岚甲' }, { text: '人力有限公司' }] }, ' 9199 0000 0000 0000 1x ', new Date(Date.UTC(2024, 0, 2)), 47_000, 'x'],
        ['岚许0002', '青岚乙人力有限公司', '123', '二〇二三年五月六日', '看不清', ''],
      ],
      备案: [
        ['备案编号', '单位名称', '备案日期'],
        ['岚备0003', '青岚丙咨询有限公司', '2025.1.9'],
      ],
      说明: [['本表由各区报送']],
    });
    const list = await readLicences(source);
    const items = await all(list.rows);
    expect(rowsOf(items)).toEqual([
      expect.objectContaining({ name: '青岚甲人力有限公司', uscc: '91990000000000001X', validFrom: '2024-01-02', validUntil: '2028-09-04', form: 'licence' }),
      expect.objectContaining({ name: '青岚乙人力有限公司', uscc: null, validFrom: '2023-05-06', validUntil: null }),
      expect.objectContaining({ name: '青岚丙咨询有限公司', number: '岚备0003', validFrom: '2025-01-09', form: 'filing' }),
    ]);
    expect(items.flatMap((i) => ('warnings' in i ? i.warnings : []))).toEqual(['有效期无法识别：看不清', '统一社会信用代码不是 18 位：123']);
    expect(items.flatMap((i) => ('cells' in i ? [i.cells['备注说明']] : []))[0]).toBe('x');
  });

  it('reads a table saved as a web page', async () => {
    const source = file(
      'list.html',
      '<html><body><h1>名录</h1><table><tr><th>企业名称</th><th>许可证号</th></tr><tr><td>青岚丁劳务有限公司</td><td>岚许9</td></tr></table></body></html>',
    );
    expect(rowsOf(await all((await readLicences(source)).rows))).toEqual([expect.objectContaining({ name: '青岚丁劳务有限公司', number: '岚许9' })]);
  });

  it('reads a header of two rows below merged cells, formulas by their results, and passes over a sheet of notes', async () => {
    const book = new ExcelJS.Workbook();
    const page = book.addWorksheet('名单');
    page.addRow(['云汀市人力资源服务许可名单（截至2026年10月31日）']);
    page.mergeCells('A1:E1');
    page.addRow(['序号', '机构名称', '许可证编号', '有效期', '']);
    page.addRow(['', '', '', '起', '止']);
    page.mergeCells('D2:E2');
    for (const column of 'ABC') page.mergeCells(`${column}2:${column}3`);
    page.addRow([
      1,
      { formula: '"云汀市"&F4', result: '云汀市鹿溪人力资源有限公司' },
      'A1',
      '2022-01-01',
      { formula: 'D4+1826', result: new Date('2027-01-01') },
    ]);
    page.addRow([2, { formula: 'B9', result: { error: '#REF!' } }, 'A2', '2022-01-01', '2027-01-01']);
    book.addWorksheet('说明').addRow(['本表由就业科编制']);
    const list = await readLicences(file('merged.xlsx', Buffer.from(await book.xlsx.writeBuffer())));
    expect(list.mapping).toMatchObject({ name: '机构名称', validFrom: '有效期起', validUntil: '有效期止' });
    const rows = await all(list.rows);
    expect(rows[0]).toMatchObject({ row: { name: '云汀市鹿溪人力资源有限公司', validFrom: '2022-01-01', validUntil: '2027-01-01' } });
    expect(rows[1]).toMatchObject({ reject: true, reason: '没有单位名称' });
  });

  it('reads merged header cells of a web page', async () => {
    const page = file(
      'merged.html',
      '<table><tr><th colspan="4">许可名单</th></tr><tr><th rowspan="2">机构名称</th><th rowspan="2">证书编号</th><th colspan="2">有效期</th></tr><tr><th>起</th><th>止</th></tr>' +
        '<tr><td>云汀市鹿溪人力资源有限公司</td><td>A1</td><td>2022-01-01</td><td>2027-01-01</td></tr></table>',
    );
    const list = await readLicences(page);
    const rows = await all(list.rows);
    expect(rows).toMatchObject([{ row: { number: 'A1', validFrom: '2022-01-01', validUntil: '2027-01-01' } }]);
  });

  it('takes the columns of the last list of a source where they stand, and its own words where they were renamed', async () => {
    const second = file('second.csv', '甲,单位名称,证书编号\n云汀市鹿溪人力资源有限公司,云汀市澄禾物业有限公司,A1\n');
    const remembered = { name: '甲', number: '证书编号' };
    expect((await readLicences(second, { remembered })).mapping).toMatchObject({ name: '甲' });
    expect((await readLicences(second, { remembered: { name: '企业名' } })).mapping).toMatchObject({ name: '单位名称' });
  });

  it('refuses a broken workbook by name', async () => {
    const book = new ExcelJS.Workbook();
    book.addWorksheet('名单').addRows([
      ['机构名称', '证书编号'],
      ['云汀市鹿溪人力资源有限公司', 'A1'],
    ]);
    const bytes = Buffer.from(await book.xlsx.writeBuffer());
    const broken = {
      'cut.xlsx': bytes.subarray(0, bytes.length - 900),
      'flipped.xlsx': Buffer.from(bytes.map((value, i) => (i > 600 && i < 1_400 ? value ^ 0x5a : value))),
      'zeros.xlsx': Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(5_000)]),
    };
    for (const [name, content] of Object.entries(broken)) {
      const at = file(name, content);
      await expect(readLicences(at), name).rejects.toMatchObject({ code: 'FILE_UNREADABLE', details: { file: at } });
    }
  });

  it('names the missing field and shows the header it saw', async () => {
    const source = await workbook('alien.xlsx', {
      a: [
        ['序号', '电话', '备注'],
        [1, '010', 'x'],
      ],
    });
    await expect(readLicences(source)).rejects.toMatchObject({
      code: 'COLUMNS_UNKNOWN',
      details: { file: source, field: '单位名称（name）', header: '序号 | 电话 | 备注' },
    });
  });

  it('lets a person name the columns', async () => {
    const source = file('own.csv', '甲,乙\n青岚戊人力有限公司,岚许5\n');
    await expect(readLicences(source)).rejects.toMatchObject({ code: 'COLUMNS_UNKNOWN' });
    expect(rowsOf(await all((await readLicences(source, { mapping: { name: '甲', number: '乙' } })).rows))).toEqual([
      expect.objectContaining({ name: '青岚戊人力有限公司', number: '岚许5' }),
    ]);
  });

  it.each([
    ['old.xls', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1]), /另存为 \.xlsx/],
    ['empty.csv', Buffer.alloc(0), /空文件/],
    ['cut.xlsx', Buffer.from([0x50, 0x4b, 0x03, 0x04, 1, 2, 3]), /压缩包目录缺失/],
    ['scan.pdf', Buffer.from('%PDF-1.7 x'), /不是表格文件/],
    ['noise.xlsx', Buffer.from(Array.from({ length: 400 }, (_, i) => (i * 37) % 251)), /不是表格文件/],
  ])('%s is refused in words', async (name, bytes, words) => {
    await expect(readLicences(file(name, bytes))).rejects.toMatchObject({ code: 'FILE_UNREADABLE', message: expect.stringMatching(words) });
  });

  it('says which file is not there', async () => {
    await expect(readLicences(path.join(path.dirname(file('there.txt', '')), 'nowhere.csv'))).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  });

  it('measures an archive before opening it', async () => {
    const source = await workbook('bomb.xlsx', { a: Array.from({ length: 3_000 }, () => ['x'.repeat(500), 'y'.repeat(500)]) });
    await expect(checkZip(source, 20_000)).rejects.toMatchObject({ code: 'FILE_TOO_LARGE' });
    await expect(checkZip(source, 50_000_000)).resolves.toBeUndefined();
    await expect(all(readTable(source, { maxUnpacked: 20_000 }))).rejects.toMatchObject({ code: 'FILE_TOO_LARGE' });
    await expect(all(readTable(source, { maxRows: 10 }))).rejects.toMatchObject({ code: 'FILE_TOO_LARGE' });
  });
});

describe('company registers', () => {
  it('reads names, codes and status under other names', async () => {
    const source = file('c.tsv', '企业名称\t注册号\t统一信用代码\t登记状态\t经营范围\n青岚己商贸有限公司\t1\t91990000000000002X\t存续\t日用百货\n\t2\t\t\t\n');
    expect(await all((await readCompanies(source)).rows)).toMatchObject([
      { line: 2, row: { name: '青岚己商贸有限公司', uscc: '91990000000000002X', status: '存续', scope: '日用百货' } },
      { line: 3, reject: true, reason: '没有单位名称' },
    ]);
  });
});

describe('delimiters', () => {
  it.each([
    ['a,b,c\n1,"x;y;z",3\n', ','],
    ['a;b\n1,5;2\n3,5;4\n', ';'],
    ['a\tb\n一，二\t三\n', '\t'],
    ['甲，乙\n一，二\n', '，'],
    ['标题\n甲,乙,丙\n一，二，三,2,3\n', ','],
  ])('%j is cut by %j', (text, delimiter) => {
    expect(sniffDelimiter(text)).toBe(delimiter);
  });
});
