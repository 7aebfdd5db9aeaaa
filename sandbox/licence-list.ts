/**
 * The authority's lists as an office would send them: a workbook of licensed and filed agencies and one of
 * registered companies, with a title row above the header and column names that are not ours.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import ExcelJS from 'exceljs';
import type { OfficialLicence, World } from './world/model.ts';
import { CITIES, createNameBook } from './world/names.ts';
import { createRandom } from './world/random.ts';

const NOISE = 40;
const COLUMNS: readonly (readonly [string, number, (row: OfficialLicence) => string | Date])[] = [
  ['机构全称', 34, (r) => r.name],
  ['社会信用代码（统一）', 24, (r) => r.uscc],
  ['证书编号', 34, (r) => r.number],
  ['业务范围', 46, (r) => r.scope],
  // Some offices type dates, some type text; both stand in one column here.
  ['发证日', 14, (r) => (r.form === '许可' ? new Date(`${r.issuedOn}T00:00:00Z`) : r.issuedOn.replaceAll('-', '.'))],
  ['有效期止', 14, (r) => (r.validUntil === null ? '长期' : new Date(`${r.validUntil}T00:00:00Z`))],
  ['许可或备案', 12, (r) => r.form],
  ['核发部门', 30, (r) => r.authority],
];

/** Agencies that stand on the list and nowhere else. */
function furtherAgencies(world: World): OfficialLicence[] {
  const random = createRandom(world.seed).fork('licence-list');
  const book = createNameBook(random);
  const taken = new Set(world.accounts.map((a) => a.subjectName));
  return Array.from({ length: NOISE }, (): OfficialLicence => {
    const city = random.pick(CITIES);
    let name = book.company(city, '人力资源服务有限公司').full;
    while (taken.has(name)) name = book.company(city, '人力资源服务有限公司').full;
    const year = Number(world.asOf.slice(0, 4)) - random.between(0, 4);
    const day = `${String(random.between(1, 9)).padStart(2, '0')}-${random.between(10, 28)}`;
    const filing = random.chance(0.3);
    return {
      name,
      uscc: book.uscc(city),
      number: filing ? book.filingNo(city, year) : book.licenceNo(city, year),
      scope: filing
        ? '人力资源供求信息的收集和发布；人力资源培训'
        : random.pick(['职业中介活动（开展网络招聘服务）', '职业中介活动', '职业中介活动；人力资源测评']),
      issuedOn: `${year}-${day}`,
      validUntil: filing ? null : `${year + 5}-${day}`,
      form: filing ? '备案' : '许可',
      authority: `${city.name}人力资源和社会保障局`,
    };
  });
}

/** All rows of the official list, those of the world's agencies among many others, in no telling order. */
export function officialRows(world: World): OfficialLicence[] {
  return createRandom(world.seed)
    .fork('licence-order')
    .shuffle([...world.licences, ...furtherAgencies(world)]);
}

const CENTRAL = 0x02014b50;
const END_SIZE = 22;

/** Sets every file time in a zip archive to its zero, so that the same list has the same bytes (and digest) at every start. */
function withoutTimes(zip: Buffer): Buffer {
  const end = zip.length - END_SIZE;
  for (let at = zip.readUInt32LE(end + 16); at < end && zip.readUInt32LE(at) === CENTRAL; ) {
    zip.writeUInt32LE(0x00210000, at + 12);
    zip.writeUInt32LE(0x00210000, zip.readUInt32LE(at + 42) + 10);
    at += 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return zip;
}

async function bytesOf(book: ExcelJS.Workbook, asOf: string): Promise<Buffer> {
  book.created = new Date(`${asOf}T00:00:00Z`);
  book.modified = book.created;
  return withoutTimes(Buffer.from(await book.xlsx.writeBuffer()));
}

function titled(book: ExcelJS.Workbook, sheet: string, title: string, columns: readonly (readonly [string, number])[]): ExcelJS.Worksheet {
  const page = book.addWorksheet(sheet);
  page.addRow([title]);
  page.mergeCells(1, 1, 1, columns.length);
  page.getRow(1).font = { size: 14, bold: true };
  page.addRow(columns.map(([name]) => name));
  columns.forEach(([, width], i) => {
    page.getColumn(i + 1).width = width;
  });
  return page;
}

/** The list of licensed and filed agencies as the bytes of an .xlsx file. */
export async function licenceWorkbook(world: World): Promise<Buffer> {
  const book = new ExcelJS.Workbook();
  const page = titled(
    book,
    '名录',
    `人力资源服务机构许可及备案名录（截至${world.asOf}，演示）`,
    COLUMNS.map(([name, width]) => [name, width] as const),
  );
  for (const row of officialRows(world)) {
    const added = page.addRow(COLUMNS.map(([, , read]) => read(row)));
    for (const at of [5, 6]) added.getCell(at).numFmt = 'yyyy-mm-dd';
  }
  return bytesOf(book, world.asOf);
}

/** The invented business register as the bytes of an .xlsx file. */
export async function companyWorkbook(world: World): Promise<Buffer> {
  const book = new ExcelJS.Workbook();
  const columns = [
    ['市场主体名称', 36],
    ['统一代码', 24],
    ['登记状态', 12],
  ] as const;
  const page = titled(book, '登记', `市场主体登记信息（截至${world.asOf}，演示）`, columns);
  for (const company of world.companies) page.addRow([company.name, company.uscc, company.status]);
  return bytesOf(book, world.asOf);
}

/** Where the two lists were written. */
export interface ListFiles {
  readonly licences: string;
  readonly companies: string;
}

/** Writes both lists into `folder`. */
export async function writeLists(world: World, folder: string): Promise<ListFiles> {
  await mkdir(folder, { recursive: true });
  const files = { licences: path.join(folder, 'sandbox-licences.xlsx'), companies: path.join(folder, 'sandbox-companies.xlsx') };
  await writeFile(files.licences, await licenceWorkbook(world));
  await writeFile(files.companies, await companyWorkbook(world));
  return files;
}
