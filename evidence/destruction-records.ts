/** What the ledger says was destroyed, and whether the bytes are really gone: for the verifier. */

import type { Vault } from '../core/ports.ts';
import { isTombstone } from './destroy.ts';
import { readBytes } from './warc.ts';

interface Destroyed {
  readonly no: number;
  readonly region: { readonly warcFile: string; readonly start: number; readonly length: number } | null;
}

const list = (value: unknown): readonly Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter((v): v is Record<string, unknown> => v !== null && typeof v === 'object') : [];

export class DestructionRecords {
  readonly #captures = new Map<string, Destroyed>();
  /** The newest row that destroyed each file. */
  readonly #blobs = new Map<string, number>();
  readonly #records = new Set<number>();
  readonly #unfinished = new Set<number>();

  /** @param facts of the ledger row `seq` of kind `destruction` */
  note(facts: Readonly<Record<string, unknown>>, seq: number): void {
    const no = Number(facts['no']);
    this.#records.add(no);
    for (const { id, warcFile, start, length } of list(facts['captures'])) {
      const whole = typeof warcFile === 'string' && typeof start === 'number' && typeof length === 'number';
      if (typeof id === 'string') this.#captures.set(id, { no, region: whole ? { warcFile, start, length } : null });
    }
    if (Array.isArray(facts['blobs'])) for (const digest of facts['blobs']) if (typeof digest === 'string') this.#blobs.set(digest, seq);
  }

  has = (captureId: string): boolean => this.#captures.has(captureId);
  /** Whether a file that row `seq` speaks of was destroyed after it: the same bytes may have been entered again since, and must stand then. */
  hasBlob = (sha256: string, seq: number): boolean => seq < (this.#blobs.get(sha256) ?? 0);

  /**
   * Looks whether the bytes of a capture are gone; where they still stand the record is not carried out yet (a kill in the middle).
   * @param end told where the region ends, so that it does not count as a torn tail
   */
  async check(vault: Vault, captureId: string, end: (warcFile: string, end: number) => void): Promise<void> {
    const destroyed = this.#captures.get(captureId);
    const region = destroyed?.region;
    if (!destroyed || !region) return;
    end(region.warcFile, region.start + region.length);
    const stands = await readBytes(vault, region.warcFile, region.start, region.length, region.warcFile).then(
      (bytes) => bytes.length > 0 && !isTombstone(bytes),
      () => false,
    );
    if (stands) this.#unfinished.add(destroyed.no);
  }

  report(): { captures: number; blobs: number; records: number[]; unfinished: number[] } {
    return { captures: this.#captures.size, blobs: this.#blobs.size, records: [...this.#records].sort((a, b) => a - b), unfinished: [...this.#unfinished] };
  }
}
