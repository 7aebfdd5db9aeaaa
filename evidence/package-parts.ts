/**
 * Which parts a package has, in which order, and what each of its lines may say. The builder writes so and the verifier
 * accepts nothing else, so that nothing can be put beside what was sealed: a second index, another archive, a line with
 * one member more.
 */
import { DATAPACKAGE_PART, DIGEST_PART, INDEX_PART, PAGES_PART, WARC_PART } from './package-index.ts';

/** Answers that said that a capture still stood: their records, and the list of them. */
export const REVISITS_WARC = 'archive/revisits.warc.gz';
export const REVISITS_PART = 'pincha/revisits.jsonl';
export const CAPTURES_PART = 'pincha/captures.jsonl';
export const LEDGER_PART = 'pincha/ledger.jsonl';
export const ROOTS_PART = 'pincha/roots.jsonl';
export const PROOFS_PART = 'pincha/proofs.jsonl';
export const READINGS_PART = 'pincha/readings.jsonl';
export const CUSTODY_PART = 'pincha/custody.jsonl';
export const CASE_PART = 'pincha/case.json';
export const MANIFEST_PART = 'pincha/manifest.json';
export const FILES_FOLDER = 'pincha/files/';

export const PACKAGE_FORMAT = 'pincha-package/1';

/** Whoever checks a package keeps these lists in memory. Bytes; a case that needs more is exported in pieces. */
export const MOST_LISTED: Readonly<Record<string, number>> = {
  [CAPTURES_PART]: 64 * 1_048_576,
  [REVISITS_PART]: 64 * 1_048_576,
  [LEDGER_PART]: 192 * 1_048_576,
  [ROOTS_PART]: 32 * 1_048_576,
  [PROOFS_PART]: 256 * 1_048_576,
  [CASE_PART]: 16 * 1_048_576,
};

/** Members of the lines, sorted. */
export const LINE = {
  capture: [
    ...['fetchedAt', 'files', 'finalUrl', 'id', 'info', 'kind', 'mediaType', 'outcome', 'request', 'response'],
    ...['sha256', 'size', 'sm3', 'status', 'title', 'url', 'via'],
  ],
  revisit: ['fetchedAt', 'finalUrl', 'id', 'info', 'of', 'request', 'response', 'status', 'url'],
  row: ['at', 'hash', 'kind', 'payload', 'prevHash', 'refId', 'seq'],
  root: ['seals', 'statement'],
  seal: ['algorithm', 'at', 'authority', 'kind', 'nonce', 'publicKey', 'value'],
  proof: ['path', 'rootNo', 'seq'],
} as const;

/** A file made of a capture, as the list of captures names it. */
export interface NamedFile {
  readonly kind: string;
  readonly path: string;
  readonly sha256: string;
  readonly sm3: string | null;
  readonly from: string | null;
}

const EXTENSIONS: Record<string, string> = { shot: 'png', masked: 'png', dom_text: 'txt', ocr_text: 'txt', page_layout: 'json' };

/** The files that ledger rows about a capture speak of, in the rows' order. */
export const filesOfRows = (rows: readonly { readonly kind: string; readonly data: Readonly<Record<string, unknown>> }[]): NamedFile[] =>
  rows.flatMap(({ kind, data }) => {
    const { sha256, sm3, from } = data;
    if (kind === 'capture' || typeof sha256 !== 'string') return [];
    const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
    return [{ kind, path: `${FILES_FOLDER}${sha256}.${EXTENSIONS[kind] ?? 'bin'}`, sha256, sm3: text(sm3), from: text(from) }];
  });

const byBytes = (a: string, b: string): number => (a < b ? -1 : 1);

/** Every part in its place. @param files paths of the files made of captures, in any order, each as often as it is named */
export const partNames = (files: Iterable<string>, revisits: boolean): string[] => [
  WARC_PART,
  ...(revisits ? [REVISITS_WARC, REVISITS_PART] : []),
  INDEX_PART,
  PAGES_PART,
  ...[...new Set(files)].sort(byBytes),
  ...[CAPTURES_PART, LEDGER_PART, ROOTS_PART, PROOFS_PART, READINGS_PART, CUSTODY_PART, CASE_PART],
  ...['pincha/record.html', 'README.txt', 'verify.mjs', MANIFEST_PART, DATAPACKAGE_PART, DIGEST_PART],
];

/** `pincha/manifest.json`. */
export const manifest = (
  createdAt: string,
  parts: readonly { readonly path: string; readonly bytes: number; readonly sha256: string; readonly sm3: string }[],
): string =>
  `${JSON.stringify({ format: PACKAGE_FORMAT, createdAt, parts: parts.map(({ path, bytes, sha256, sm3 }) => ({ path, bytes, sha256, sm3 })) }, null, 1)}\n`;
