/** The first thing of a package that does not hold: where it stands, and what is wrong with it in both languages. */
export interface Place {
  /** Part of the package, or `zip` for the file's own structure. */
  readonly part: string;
  /** Byte in the package file, counted from 0. */
  readonly offset?: number;
  /** Line, ledger row, capture or record within the part. */
  readonly record?: string;
}

export interface Fault extends Place {
  readonly zh: string;
  readonly en: string;
}

export class Broken extends Error {
  readonly fault: Fault;

  constructor(place: Place, zh: string, en: string) {
    super(en);
    this.name = 'Broken';
    this.fault = { ...place, zh, en };
  }
}

/** Words from a package as they may be printed: no control characters, not endless. */
export const printable = (text: string, max = 200): string => text.replace(/[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g, '?').slice(0, max);
