/**
 * What adapters must read from real saved pages, which stand beside the project and never in it: facts only (ids,
 * times, states, names) and SHA-256 digests of titles and texts without their white space. The facts were read from
 * the pages with other tools, not printed by the adapters. Where the pages are not there, a test of that name says so.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ParsedPage } from '../../../core/model/capture.ts';
import { PLATFORMS } from '../../../crawlers/platforms/registry.ts';
import { parseSaved } from '../../../crawlers/platforms/saved.ts';

interface PostFacts {
  readonly titleSha256: string;
  readonly bodySha256: string;
  /** In characters. */
  readonly bodyLength: number;
  /** How many pictures. */
  readonly images?: number;
  /** id, publishedAt, url, salary … as they stand. */
  readonly [field: string]: unknown;
}
interface PageFacts {
  /** Below the folder of pages. */
  readonly file: string;
  readonly platform: string;
  /** Address the page was saved from, when it matters. */
  readonly url?: string;
  readonly status: string;
  readonly reasonSha256?: string;
  readonly account?: Readonly<Record<string, unknown>>;
  readonly posts: number;
  readonly post?: PostFacts;
  /** Of a list: id, title, time, company and salary of every post, tab between, a line each. */
  readonly rowsSha256?: string;
  /** Pictures of all posts of a list. */
  readonly images?: number;
}

const PAGES = process.env['PINCHA_PAGES'] ?? path.join(import.meta.dirname, '../../../../shared/data/pages');
const FACTS = JSON.parse(readFileSync(path.join(import.meta.dirname, '../../fixtures/shared-pages.json'), 'utf8')) as PageFacts[];
const PRESENT = existsSync(PAGES);

const bare = (text: unknown): string => (typeof text === 'string' ? text : '').replace(/[\s\ufeff]+/gu, '');
const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

function factsOf(page: ParsedPage, asked: PageFacts): unknown {
  const [first] = page.posts;
  const count = (value: unknown): unknown => (Array.isArray(value) ? value.length : value);
  const field = (from: object | null | undefined, name: string): unknown => (from as Record<string, unknown> | null | undefined)?.[name];
  // Names of people are held as digests too.
  const pick = (from: object | null | undefined, like: object): object =>
    Object.fromEntries(
      Object.keys(like).map((key) => [key, key.endsWith('Sha256') ? digest(bare(field(from, key.slice(0, -'Sha256'.length)))) : count(field(from, key))]),
    );
  const rows = page.posts.map((p) => [p.id, p.title, p.publishedAt, p.company, p.salary].map(bare).join('\t'));
  const { titleSha256: _t, bodySha256: _b, bodyLength: _l, images: _i, ...plain } = asked.post ?? ({} as PostFacts);
  const text = bare(first?.text);
  const post = { ...pick(first, plain), titleSha256: digest(bare(first?.title)), bodySha256: digest(text), bodyLength: [...text].length };
  return {
    file: asked.file,
    platform: asked.platform,
    ...(asked.url ? { url: asked.url } : {}),
    status: page.status,
    posts: page.posts.length,
    ...(asked.reasonSha256 ? { reasonSha256: digest(bare(page.statusReason)) } : {}),
    ...(asked.account ? { account: pick(page.account, asked.account) } : {}),
    ...(asked.post ? { post: asked.post.images === undefined ? post : { ...post, images: first?.images?.length ?? 0 } } : {}),
    ...(asked.rowsSha256 ? { rowsSha256: digest(rows.join('\n')) } : {}),
    ...(asked.images === undefined ? {} : { images: page.posts.reduce((sum, p) => sum + (p.images?.length ?? 0), 0) }),
  };
}

if (PRESENT) {
  describe('saved pages of real platforms', () => {
    it.each(FACTS.map((facts) => [facts.file, facts] as const))('%s', (file, facts) => {
      const bytes = readFileSync(path.join(PAGES, file));
      const page = parseSaved({ bytes, file, platform: facts.platform, url: facts.url ?? null });
      expect(factsOf(page, facts)).toEqual(facts);
    });

    it('has facts for every saved page of a platform with an adapter', () => {
      const known = new Set(FACTS.map((facts) => facts.file.split('/')[0]));
      const covered = new Set(FACTS.map((facts) => facts.file));
      const missing = [...known].flatMap((folder) =>
        readdirSync(path.join(PAGES, String(folder)))
          .map((name) => `${folder}/${name}`)
          .filter((file) => !/\.tsv$/.test(file) && !covered.has(file)),
      );
      expect(missing).toEqual([]);
    });
  });
} else {
  describe('saved pages of real platforms', () => {
    it(`NOT RUN: no saved pages at ../shared/data/pages (or PINCHA_PAGES); ${FACTS.length} pages not read`, () => {
      expect(existsSync(PAGES)).toBe(false);
      console.warn(`NOT RUN: golden facts of ${FACTS.length} saved pages (no folder of pages; set PINCHA_PAGES)`);
    });
  });
}

describe('the facts themselves', () => {
  it('name platforms we have, and hold no sentence of a page', () => {
    const ids = new Set(PLATFORMS.map((p) => p.id));
    for (const facts of FACTS) {
      expect(ids, facts.file).toContain(facts.platform);
      // Names, salaries and places are short; whatever is longer would be somebody's text.
      for (const value of [...Object.values(facts.account ?? {}), ...Object.values(facts.post ?? {})])
        if (typeof value === 'string' && !/^https?:|^[\da-f]{64}$/.test(value)) expect(value.length, `${facts.file}: ${value}`).toBeLessThanOrEqual(40);
    }
  });
});
