/** Workbooks as other programs write them: parts in any order, prefixed tags, cells without addresses, both calendars, and broken parts. */
import { describe, expect, it } from 'vitest';
import { readTable } from '../../../crawlers/registries/table.ts';
import { all, listFiles } from '../../support/list-files.ts';
import { storedZip } from '../../support/stored-zip.ts';

const NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"';
const TYPE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const RELS = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
  <Relationship Id="rId9" Type="${TYPE}/worksheet" Target="/xl/worksheets/sheetB.xml"/>
  <Relationship Id="rId1" Type="${TYPE}/worksheet" Target="worksheets/sheetA.xml"/>
  <Relationship Id="rId2" Type="${TYPE}/sharedStrings" Target="words.xml"/>
  <Relationship Id="rId3" Type="${TYPE}/styles" Target="styles.xml"/></Relationships>`;
const BOOK = `<workbook ${NS}><sheets><sheet name="名录" sheetId="7" r:id="rId9"/><sheet name="备案" sheetId="2" r:id="rId1"/></sheets></workbook>`;
const WORDS = `<sst ${NS}><si><t>机构名称</t></si><si><r><t>青岚甲</t></r><r><t xml:space="preserve"> 公司</t></r><rPh sb="0" eb="1"><t>qing</t></rPh></si><si><t>一_x000D_二</t></si></sst>`;
const STYLES = `<styleSheet ${NS}><numFmts><numFmt numFmtId="180" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/><numFmt numFmtId="181" formatCode="[Red]0.0&quot;days&quot;"/></numFmts>
  <cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="180"/><xf numFmtId="181"/><xf numFmtId="31"/></cellXfs></styleSheet>`;
const SHEET_B = `<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>
  <x:row r="3"><x:c r="A3" t="s"><x:v>0</x:v></x:c><x:c r="C3" t="s"><x:v>1</x:v></x:c></x:row>
  <x:row><x:c t="s"><x:v>2</x:v></x:c><x:c s="1"><x:v>45293</x:v></x:c><x:c s="2"><x:v>45293</x:v></x:c><x:c s="3"><x:v>45293</x:v></x:c><x:c s="4"><x:v>45293</x:v></x:c></x:row>
  <x:row r="9"><x:c r="A9" t="inlineStr"><x:is><x:r><x:t>青</x:t></x:r><x:r><x:t>岚</x:t></x:r></x:is></x:c><x:c r="B9" t="b"><x:v>1</x:v></x:c><x:c r="C9" t="e"><x:v>#N/A</x:v></x:c><x:c r="D9" t="str"><x:f>A1&amp;"x"</x:f><x:v>算出</x:v></x:c><x:c r="E9" t="s"><x:v>99</x:v></x:c></x:row>
  </x:sheetData></x:worksheet>`;
const SHEET_A = `<worksheet ${NS}><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData></worksheet>`;
const PARTS = {
  'xl/worksheets/sheetB.xml': SHEET_B,
  'xl/worksheets/sheetA.xml': SHEET_A,
  'xl/words.xml': WORDS,
  'xl/styles.xml': STYLES,
  'xl/_rels/workbook.xml.rels': RELS,
  'xl/workbook.xml': BOOK,
};
const DATE = new Date('2024-01-02T00:00:00Z');
const ROWS = [
  { sheet: '名录', line: 3, cells: ['机构名称', null, '青岚甲 公司'] },
  { sheet: '名录', line: 4, cells: ['一\r二', DATE, DATE, 45_293, DATE] },
  { sheet: '名录', line: 9, cells: ['青岚', '是', null, '算出', null] },
  { sheet: '备案', line: 1, cells: ['机构名称'] },
];

describe('a workbook', () => {
  const { file } = listFiles();
  const read = (name: string, parts: Readonly<Record<string, string>>) => all(readTable(file(name, storedZip(parts))));

  it('reads the same in whatever order its parts lie', async () => {
    expect(await read('last.xlsx', PARTS)).toEqual(ROWS);
    expect(await read('first.xlsx', Object.fromEntries(Object.entries(PARTS).reverse()))).toEqual(ROWS);
  });

  it('counts days from 1904 when it says so', async () => {
    const rows = await read('mac.xlsx', { ...PARTS, 'xl/workbook.xml': BOOK.replace('<sheets>', '<workbookPr date1904="1"/><sheets>') });
    expect(rows[1]?.cells[1]).toEqual(new Date('2028-01-03T00:00:00Z'));
  });

  it('reads a sheet with neither shared strings nor styles', async () => {
    const { 'xl/words.xml': _, 'xl/styles.xml': __, ...bare } = PARTS;
    expect((await read('bare.xlsx', bare)).map((row) => row.line)).toEqual([4, 9]);
  });

  it.each([
    ['a sheet cut off', { 'xl/worksheets/sheetB.xml': SHEET_B.slice(0, 300) }, 'xl/worksheets/sheetB.xml'],
    ['entities of its own', { 'xl/words.xml': `<!DOCTYPE s [<!ENTITY a "aaaa">]>${WORDS.replace('机构', '&a;')}` }, 'xl/words.xml'],
    ['a sheet that is missing', { 'xl/_rels/workbook.xml.rels': RELS.replace('sheetA.xml', 'gone.xml') }, '备案'],
    ['no list of sheets', { 'xl/workbook.xml': undefined }, 'xl/workbook.xml'],
    ['bytes that are no text', { 'xl/worksheets/sheetB.xml': `\u{0}${SHEET_B}` }, 'xl/worksheets/sheetB.xml'],
  ])('names the part at fault: %s', async (name, change, part) => {
    const parts = Object.fromEntries(Object.entries({ ...PARTS, ...change }).filter((entry): entry is [string, string] => entry[1] !== undefined));
    await expect(read(`${name}.xlsx`, parts)).rejects.toMatchObject({ code: 'FILE_UNREADABLE', message: expect.stringContaining(part) });
  });

  it('keeps to the columns and characters allowed', async () => {
    const at = file('wide.xlsx', storedZip(PARTS));
    const rows = await all(readTable(at, { maxColumns: 2, maxCell: 2 }));
    expect(rows[0]?.cells).toEqual(['机构']);
    expect(rows[2]?.cells).toEqual(['青岚', '是']);
    await expect(all(readTable(at, { maxRows: 3 }))).rejects.toMatchObject({ code: 'FILE_TOO_LARGE' });
  });
});
