/** Files written for a test of readers: any bytes under a name, workbooks from rows, and everything a reader yields. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import ExcelJS from 'exceljs';
import { afterAll, beforeAll } from 'vitest';

/** Registers the hooks of a test file: a folder of its own, gone afterwards. @returns what writes into it and says where */
export function listFiles() {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'pincha-lists-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const file = (name: string, body: string | Buffer): string => {
    const at = path.join(folder, name);
    writeFileSync(at, body);
    return at;
  };
  const workbook = async (name: string, sheets: Readonly<Record<string, readonly (readonly unknown[])[]>>): Promise<string> => {
    const book = new ExcelJS.Workbook();
    for (const [title, rows] of Object.entries(sheets)) {
      const sheet = book.addWorksheet(title);
      for (const row of rows) sheet.addRow([...row]);
    }
    return file(name, Buffer.from(await book.xlsx.writeBuffer()));
  };
  return { file, workbook };
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const out: T[] = [];
  for await (const item of items) out.push(item);
  return out;
}
