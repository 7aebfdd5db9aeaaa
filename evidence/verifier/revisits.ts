/**
 * The answers of a package that said that one of its captures still stood (304): each record as it was sealed, what it
 * says of the capture it confirms, and its ledger row. They stand in a file of their own, record by record as listed.
 */
import { LINE, REVISITS_PART, REVISITS_WARC } from '../package-parts.ts';
import { Broken } from './fault.ts';
import type { PackagedRow } from './ledger.ts';
import { asObject, digestsOf, type Json, textOf } from './parts.ts';
import { HEADERS, jsonLines, partOf, type ReadCapture, type RecordName, RecordWalk } from './records.ts';
import type { PackageFile, Part } from './zip.ts';

/** What list and ledger both say of such an answer. */
const TOLD = ['url', 'status', 'fetchedAt'] as const;

interface Listed {
  readonly value: Json;
  readonly recordSha256: string;
  readonly fields: ReadonlyMap<string, string>;
  readonly at: RecordName;
}

/** The records in the order of the list. @throws Broken for the first that does not hold in itself */
export async function* walkRevisits(file: PackageFile, parts: readonly Part[]): AsyncGenerator<Listed> {
  const walk = new RecordWalk(file, partOf(parts, REVISITS_WARC));
  let before = '';
  for await (const { value, place } of jsonLines(file, partOf(parts, REVISITS_PART), LINE.revisit)) {
    const id = textOf(value['id']);
    if (id <= before) throw new Broken(place, '未变化应答重复或次序不符', 'an answer stands twice, or not in order');
    before = id;
    const { record, stored, at } = await walk.line(value, `revisit ${id.slice(0, 60)}`, HEADERS, place);
    yield { value, fields: record.fields, recordSha256: digestsOf(stored).sha256, at };
  }
  walk.finish();
}

/** @returns the ids of the answers. @throws Broken for the first that does not hold */
export async function checkRevisits(
  file: PackageFile,
  parts: readonly Part[],
  reads: readonly ReadCapture[],
  rows: readonly PackagedRow[],
): Promise<Set<string>> {
  const ids = new Set<string>();
  if (!parts.some((p) => p.path === REVISITS_WARC || p.path === REVISITS_PART)) return ids;
  const captures = new Map(reads.map(({ capture }) => [capture.id, capture]));
  const entered = new Map(rows.filter((row) => row.kind === 'capture').map((row) => [row.ref, row]));
  for await (const { value, fields, recordSha256, at } of walkRevisits(file, parts)) {
    const id = textOf(value['id']);
    const of = captures.get(textOf(value['of']));
    const row = entered.get(id);
    if (!of || !row || captures.has(id)) throw new Broken(at, '没有它所确认的存证件或存证链记录', 'there is no capture or ledger row for it');
    const says = {
      'warc-type': 'revisit',
      'warc-payload-digest': `sha256:${of.sha256}`,
      'warc-refers-to-target-uri': of.finalUrl,
      'warc-refers-to-date': of.fetchedAt,
      'warc-date': textOf(value['fetchedAt']),
      'warc-target-uri': textOf(value['finalUrl']),
    };
    const differs = Object.entries(says).find(([name, told]) => fields.get(name) !== told);
    if (differs) throw new Broken(at, `${differs[0]} 与登记不符`, `its ${differs[0]} differs from what is registered`);
    const revisit = asObject(row.data['revisit']);
    const same = revisit['of'] === of.id && revisit['sha256'] === of.sha256 && row.data['recordSha256'] === recordSha256 && row.data['outcome'] === 'unchanged';
    if (!same || TOLD.some((name) => row.data[name] !== value[name]))
      throw new Broken({ ...at, record: `${at.record} / ${row.place.record}` }, '与存证链记录不符', 'it differs from what the ledger says of it');
    ids.add(id);
  }
  return ids;
}
