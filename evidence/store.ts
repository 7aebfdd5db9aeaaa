/**
 * The content store: bytes filed under their own SHA-256 (page shots, DOM texts, imported files) in the vault of the
 * evidence. The same bytes are stored once, and what is read is checked against its name, so changed bytes can never
 * pass as evidence.
 */
import { createHash } from 'node:crypto';
import { sha256 } from '../core/digest.ts';
import { PinchaError } from '../core/errors.ts';
import type { ContentStore } from '../core/ports.ts';
import { blobName } from './place.ts';
import { type EvidencePlace, vaultAt } from './vault.ts';

const wrong = (digest: string, found: string): PinchaError =>
  new PinchaError('EVIDENCE_BROKEN', { place: `blob/${digest}`, reason: `内容摘要为 ${found}，与名称不符` });

async function* checked(digest: string, pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  for await (const piece of pieces) {
    hash.update(piece);
    yield piece;
  }
  const found = hash.digest('hex');
  if (found !== digest) throw wrong(digest, found);
}

/** The content port, also reading piece by piece. */
export interface StreamedContent extends ContentStore {
  /** The bytes in pieces; ends in EVIDENCE_BROKEN when the whole does not match its name. Null when there are none. */
  stream(sha256: string): Promise<AsyncIterable<Buffer> | null>;
}

/**
 * A content store; bytes go to `blob/ab/cd/<sha256>`.
 * @param place the evidence folder, or another vault
 * @throws EVIDENCE_BROKEN from `get` and `stream` when stored bytes no longer match their name
 */
export function createContentStore(place: EvidencePlace): StreamedContent {
  const vault = vaultAt(place);
  return {
    async put(bytes) {
      const digest = sha256(bytes);
      // What is there in the right size is taken as stored, and checked on reading.
      await vault.put(blobName(digest), bytes);
      return digest;
    },
    async get(digest) {
      const bytes = await vault.read(blobName(digest));
      if (!bytes) return null;
      const found = sha256(bytes);
      if (found !== digest) throw wrong(digest, found);
      return bytes;
    },
    async stream(digest) {
      const name = blobName(digest);
      return (await vault.size(name)) === null ? null : checked(digest, vault.stream(name));
    },
  };
}
