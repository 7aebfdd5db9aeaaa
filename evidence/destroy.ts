/**
 * Destroying sealed bytes where they stand. A WARC file is shared by many captures and the ledger states offsets in it,
 * so a record is not cut out: the bytes of its request and response are overwritten by one gzip member of exactly their
 * length that holds a record saying under which number they were destroyed. Every other record stays where it was, and
 * every WARC tool still reads the file. Doing it again changes nothing, so a kill in the middle is made good.
 */
import { crc32, deflateRawSync } from 'node:zlib';
import { PinchaError } from '../core/errors.ts';
import type { DestroyedRegion, Destroyer, Vault } from '../core/ports.ts';
import { blobName, warcName } from './place.ts';
import { type EvidencePlace, vaultAt } from './vault.ts';
import { placeName, readBytes, recordOf } from './warc.ts';
import { newRecordId, recordBytes } from './warc-record.ts';

const REQUEST = /^(\d{1,12}) sha256:[0-9a-f]{64}$/;
const HEAD = 10;
const TAIL = 8;
/** gzip flag: a comment, ended by a zero byte, stands behind the head. It takes up what the record does not need. */
const COMMENT = 0x10;
const MARK = 'pincha-destroyed';

/**
 * Where the exchange of a capture stands.
 * @throws PinchaError EVIDENCE_BROKEN when there is no sound record: what is broken is looked into, not destroyed
 */
async function regionOf(
  vault: Vault,
  place: { readonly warcFile: string; readonly warcOffset: number; readonly warcLength: number },
): Promise<DestroyedRegion> {
  const name = placeName(place);
  const stored = await readBytes(vault, place.warcFile, place.warcOffset, place.warcLength, name);
  const record = await recordOf(stored, name);
  const told = REQUEST.exec(record.fields.get('pincha-request-bytes') ?? '');
  const before = told ? Number(told[1]) : 0;
  if (before > place.warcOffset) throw new PinchaError('EVIDENCE_BROKEN', { place: name, reason: '请求记录的长度不合理' });
  return { warcFile: place.warcFile, start: place.warcOffset - before, length: place.warcLength + before };
}

function member(length: number, content: Buffer): Buffer | null {
  const packed = deflateRawSync(content);
  const comment = length - HEAD - 1 - packed.length - TAIL;
  if (comment < 0) return null;
  const head = Buffer.from([0x1f, 0x8b, 8, COMMENT, 0, 0, 0, 0, 0, 255]);
  const tail = Buffer.alloc(TAIL);
  tail.writeUInt32LE(crc32(content), 0);
  tail.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, Buffer.alloc(comment, 0x2e), Buffer.from([0]), packed, tail]);
}

/** A gzip member of exactly `length` bytes that says under which number what stood here was destroyed. */
export function tombstone(length: number, no: number, at: Date): Buffer {
  const block = Buffer.from(`${MARK}: ${no}\r\n`, 'utf8');
  const record = recordBytes(
    [
      ['WARC-Type', 'metadata'],
      ['WARC-Record-ID', newRecordId()],
      ['WARC-Date', at.toISOString()],
      ['Content-Type', 'application/warc-fields'],
    ],
    block,
  );
  // An exchange too short for a whole record is followed by an empty member: even that needs 21 bytes, and no record has fewer.
  const bytes = member(length, record) ?? member(length, Buffer.alloc(0));
  if (!bytes) throw new PinchaError('EVIDENCE_BROKEN', { place: `${length}`, reason: '记录过短' });
  return bytes;
}

/** Whether the bytes of a region are a tombstone: the head of one, and nothing of what stood there in its comment. */
export const isTombstone = (bytes: Buffer): boolean =>
  bytes.length > HEAD && bytes[0] === 0x1f && bytes[3] === COMMENT && bytes.subarray(HEAD, bytes.indexOf(0, HEAD)).every((byte) => byte === 0x2e);

/** @param place the evidence folder, or another vault */
export function createDestroyer(place: EvidencePlace): Destroyer {
  const vault = vaultAt(place);
  return {
    regionOf: (sealed) => regionOf(vault, sealed),
    // A file that is gone has nothing left to destroy.
    overwrite: (region, no, at) => vault.overwrite(warcName(region.warcFile), region.start, tombstone(region.length, no, at)),
    removeBlob: (digest) => vault.remove(blobName(digest)),
  };
}
