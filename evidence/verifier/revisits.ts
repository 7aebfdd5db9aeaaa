/**
 * The answers of a package that said that one of its captures still stood (304): each record as it was sealed, what it
 * says of the capture it confirms, and its ledger row. They stand in a file of their own, record by record as listed.
 */
import { REVISITS_PART, REVISITS_WARC } from '../package-index.ts';
import { Broken } from './fault.ts';
import type { PackagedRow } from './ledger.ts';
import { asObject, digestsOf, type Json } from './parts.ts';
import { companion, HEADERS, jsonLines, MAX_STORED, partOf, type ReadCapture, type RecordName, rangeOf, readRecord } from './records.ts';
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
  const warc = partOf(parts, REVISITS_WARC);
  let next = 0;
  for await (const { value } of jsonLines(file, partOf(parts, REVISITS_PART))) {
    const take = async (told: unknown, what: string): Promise<{ stored: Buffer; at: RecordName } | null> => {
      const range = rangeOf(told);
      if (!range) return null;
      const at = { part: REVISITS_WARC, offset: warc.start + range.offset, record: `${what} of revisit ${String(value['id']).slice(0, 60)}` };
      if (range.offset !== next || range.length > MAX_STORED || range.offset + range.length > warc.bytes)
        throw new Broken(at, '记录与前一条不相接', 'the record does not begin where the one before ends');
      next += range.length;
      return { stored: await file.read(warc.start + range.offset, range.length), at };
    };
    const [head, asked, answer] = [await take(value['info'], 'warcinfo'), await take(value['request'], 'request'), await take(value['response'], 'record')];
    if (!answer) throw new Broken({ part: REVISITS_PART }, '未变化应答清单的一行缺少字段', 'a line of the list of revisits lacks members');
    const { fields } = await readRecord(answer.stored, HEADERS, answer.at);
    if (head) companion(head.stored, fields.get('pincha-warcinfo-bytes'), head.at);
    if (asked) companion(asked.stored, fields.get('pincha-request-bytes'), asked.at);
    for (const beside of [head, asked]) if (beside) await readRecord(beside.stored, HEADERS, beside.at);
    yield { value, fields, recordSha256: digestsOf(answer.stored).sha256, at: answer.at };
  }
  if (next !== warc.bytes)
    throw new Broken({ part: REVISITS_WARC, offset: warc.start + next }, '最后一条记录之后有多余字节', 'there are bytes behind the last record');
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
    const id = String(value['id']);
    const of = captures.get(String(value['of']));
    const row = entered.get(id);
    if (!of || !row || ids.has(id)) throw new Broken(at, '没有它所确认的存证件或存证链记录', 'there is no capture or ledger row for it');
    const says = {
      'warc-type': 'revisit',
      'warc-payload-digest': `sha256:${of.sha256}`,
      'warc-refers-to-target-uri': of.finalUrl,
      'warc-refers-to-date': of.fetchedAt,
      'warc-date': String(value['fetchedAt']),
      'warc-target-uri': String(value['finalUrl']),
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
