/**
 * The article of a page whose site nobody described: what its meta data and semantic elements say, and else the
 * block that holds most running text. Used for the pages a feed leads to; a page without a title and a text is null.
 */
import type { CheerioAPI } from 'cheerio/slim';
import { decodeEntities, imagesOf, nodeText, titleOf } from './html.ts';
import { readTime } from './times.ts';

export interface Article {
  readonly title: string;
  readonly text: string;
  readonly images: readonly string[];
  readonly publishedAt: string | undefined;
  readonly site: string | undefined;
}

/** Where articles stand, the plainest words first. */
const BODIES = [
  '[itemprop="articleBody"]',
  'article',
  '.TRS_Editor, .article-content, .entry-content, .post-content, .news-content, .content-text, #zoom, #vsb_content',
  'main',
];
/** Shorter than this is a notice, not an article. */
const LEAST_TEXT = 20;
const MAX_BLOCKS = 2_000;
const NOISE = 'nav, header, footer, aside, form, noscript, iframe, [role="navigation"]';

/** The smallest block that still holds most of the text standing in paragraphs. */
function densest($: CheerioAPI): ReturnType<CheerioAPI> | null {
  const scores = new Map<unknown, number>();
  for (const p of $('p').toArray().slice(0, MAX_BLOCKS)) {
    const length = nodeText([p]).length;
    if (p.parent) scores.set(p.parent, (scores.get(p.parent) ?? 0) + length);
  }
  let best: unknown = null;
  for (const [block, score] of scores) if (score > (scores.get(best) ?? 0)) best = block;
  return best ? $(best as Parameters<CheerioAPI>[0]) : null;
}

const meta = ($: CheerioAPI, ...names: readonly string[]): string | undefined => {
  for (const name of names) {
    const value = $(`meta[property="${name}"], meta[name="${name}"], meta[itemprop="${name}"]`).first().attr('content')?.trim();
    if (value) return value;
  }
  return undefined;
};

/** Reads the article of a page; null when there is none worth the name. @param now when the page was fetched */
export function readArticle($: CheerioAPI, html: string, url: string | null, now: Date | null): Article | null {
  $(NOISE).remove();
  const named = BODIES.map((selector) => $(selector).first()).find((el) => nodeText(el.toArray()).length >= LEAST_TEXT);
  const body = named ?? densest($);
  const text = body ? nodeText(body.toArray()) : '';
  const images = body ? imagesOf($, body, url) : [];
  const heading = nodeText($('h1').first().toArray());
  const title = meta($, 'og:title', 'ArticleTitle') ?? (heading || titleOf(html));
  if (!title || (text.length < LEAST_TEXT && images.length === 0)) return null;
  const time = $('time[datetime]').first().attr('datetime') ?? nodeText($('time').first().toArray());
  return {
    title: decodeEntities(title),
    text,
    images,
    publishedAt: readTime(meta($, 'article:published_time', 'datePublished', 'PubDate', 'publishdate') ?? time, now),
    site: meta($, 'og:site_name', 'SiteName'),
  };
}
