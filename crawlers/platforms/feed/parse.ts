/**
 * Any feed: RSS 2.0 and 1.0, Atom and JSON Feed, as bridges and authorities publish them. An entry is a post; its
 * link is followed when the entry carries no more than its title.
 */
import type { CheerioAPI } from 'cheerio/slim';
import { readArticle } from '../../extract/article.ts';
import { contactStrings } from '../../extract/contacts.ts';
import { absolute, imagesOf, loadHtml, nodeText, textOf, treeOf } from '../../extract/html.ts';
import { readTime } from '../../extract/times.ts';
import { at, list, parseJson, str, strings } from '../../extract/tree.ts';
import { makeAccount, makePost, scopedId } from '../define.ts';
import { readJsonld } from '../jsonld/parse.ts';
import type { PageInput, Reading } from '../types.ts';

const MAX_ITEMS = 2_000;
type Post = NonNullable<ReturnType<typeof makePost>>;

interface Entries {
  readonly account: Reading['account'];
  readonly posts: readonly (Post | null)[];
  readonly items: number;
  readonly recognised: boolean;
  /** The next page of the feed (RFC 5005, JSON Feed `next_url`). */
  readonly next: string | undefined;
}

function reading({ account, posts, items, recognised, next }: Entries): Reading {
  const kept = posts.filter((p) => p !== null);
  const bare = kept.filter((p) => p.url && (!p.text || p.text === p.title));
  const links = bare.map((p) => ({ url: String(p.url), kind: 'post' as const }));
  return { account, posts: kept, level: 'list', empty: recognised && items === 0, links: next ? [...links, { url: next, kind: 'list' }] : links };
}

/** The bridge's own mark in a channel title is not part of the account's name. */
const BRIDGE = /\s*[|｜]\s*wechat-feeds\s*$/i;
const accountName = (title: string): string => title.replace(BRIDGE, '').trim();

/** wechat-feeds puts the account's `__biz` into the host of the channel link; the case matters, so it is read from the source. */
const bridgedBiz = (page: PageInput, title: string): string | undefined => {
  const biz = BRIDGE.test(title) ? /<link>https?:\/\/(M[\w]{10,20})\./.exec(page.html.slice(0, 5_000))?.[1] : undefined;
  return biz && `${biz}${'='.repeat((4 - (biz.length % 4)) % 4)}`;
};

function readJsonFeed(page: PageInput, feed: unknown): Reading {
  const account = makeAccount({
    id: str(feed, 'feed_url') ?? page.url ?? undefined,
    name: str(feed, 'title'),
    description: str(feed, 'description'),
    url: str(feed, 'home_page_url'),
  });
  const items = list(feed, 'items').slice(0, MAX_ITEMS);
  const posts = items.map((item) => {
    const html = str(item, 'content_html');
    const text = html ? textOf(html) : (str(item, 'content_text') ?? str(item, 'summary'));
    const url = absolute(str(item, 'url') ?? str(item, 'external_url'), page.url);
    return makePost({
      id: scopedId(str(item, 'id'), url ?? page.url),
      platform: 'feed',
      title: str(item, 'title'),
      text,
      publishedAt: readTime(str(item, 'date_published') ?? str(item, 'date_modified'), page.fetchedAt ?? null),
      url,
      images: [...(html ? imagesOf(loadHtml(html), null, page.url) : []), ...[absolute(str(item, 'image'), page.url)].filter((i) => i !== undefined)],
      contacts: contactStrings(text ?? ''),
      tags: strings(item, 'tags'),
      account: account ?? undefined,
    });
  });
  // A feed cut off before its first entry is none without entries.
  return reading({ account, posts, items: items.length, recognised: Array.isArray(at(feed, 'items')), next: absolute(str(feed, 'next_url'), page.url) });
}

/** First direct child of any of these (possibly prefixed) names. */
function child($: CheerioAPI, el: Parameters<CheerioAPI>[0], ...names: readonly string[]): string {
  for (const name of names) {
    const found = $(el)
      .children()
      .filter((_, c) => 'name' in c && c.name === name)
      .first();
    const text = found.text().trim();
    if (text) return text;
  }
  return '';
}

function readXml(page: PageInput): Reading {
  const $ = treeOf(page.html, { xmlMode: true, decodeEntities: true });
  const channel = $('channel, feed').first();
  const link = channel.children('link[rel="alternate"], link:not([rel])').first();
  const title = child($, channel, 'title');
  const biz = bridgedBiz(page, title);
  // A saved feed names its own address, against which it writes others.
  const base = page.url ?? absolute(channel.children('[rel="self"]').attr('href'), null) ?? absolute(link.attr('href') ?? link.text(), null) ?? null;
  const account = makeAccount({
    id: biz ?? channel.children('[rel="self"]').attr('href') ?? (child($, channel, 'id') || page.url || undefined),
    name: accountName(title),
    description: child($, channel, 'description', 'subtitle'),
    // The bridge's own link is a picture, not the account's page.
    url: biz ? undefined : absolute(link.attr('href') ?? link.text(), base),
    generator: child($, channel, 'generator'),
  });
  // The last entry of a feed that was cut off is half an entry.
  const cut =
    Math.max(page.html.lastIndexOf('<item'), page.html.lastIndexOf('<entry')) > Math.max(...['</item', '</entry'].map((t) => page.html.lastIndexOf(t)));
  const items = $('item, entry')
    .toArray()
    .slice(0, MAX_ITEMS)
    .slice(0, cut ? -1 : undefined);
  const posts = items.map((item) => {
    const html = child($, item, 'content:encoded', 'content', 'description', 'summary');
    const fragment = loadHtml(html);
    const text = nodeText(fragment.root().toArray());
    const alternate = $(item).children('link[rel="alternate"], link:not([rel])').first();
    const guid = $(item).children('guid').first();
    const named = guid.attr('isPermaLink') === 'false' || !/^https?:/.test(guid.text().trim()) ? undefined : guid.text();
    const url = absolute((alternate.attr('href') ?? alternate.text()) || named, base);
    return makePost({
      id: scopedId(child($, item, 'guid', 'id') || undefined, url ?? page.url),
      platform: 'feed',
      title: textOf(child($, item, 'title')),
      text: text || undefined,
      publishedAt: readTime(child($, item, 'pubDate', 'published', 'updated', 'dc:date', 'a10:updated'), page.fetchedAt ?? null),
      url,
      images: imagesOf(fragment, null, url ?? page.url),
      contacts: contactStrings(text),
      account: account ?? undefined,
    });
  });
  const next = absolute(channel.children('[rel="next"]').first().attr('href'), page.url);
  return reading({
    account,
    posts,
    items: items.length,
    recognised: channel.length > 0 && /<\/(?:\w+:)?(?:rss|feed|rdf)\s*>\s*(?:<!--[\s\S]{0,2000}-->\s*)?$/i.test(page.html.slice(-3_000)),
    next,
  });
}

/** A page that a feed leads to, on a site nobody described: its JobPosting when it has one, else its article. */
function readEntryPage(page: PageInput): Reading {
  const marked = readJsonld(page);
  if (marked.posts?.length === 1) return { ...marked, posts: marked.posts.map((post) => ({ ...post, platform: 'feed' })) };
  const article = readArticle(loadHtml(page.html), page.html, page.url, page.fetchedAt ?? null);
  if (!article) return { level: 'detail', reason: '没有可识别的正文' };
  const { title, text, images, publishedAt } = article;
  const url = page.url ?? undefined;
  const post = makePost({ id: url, platform: 'feed', title, text, images: [...images], publishedAt, url, contacts: contactStrings(text) });
  return { posts: post ? [post] : [], level: 'detail' };
}

/** Reads any feed, and the pages its entries lead to. */
export function readFeed(page: PageInput): Reading {
  const body = page.html.replace(/^\ufeff/, '').trimStart();
  if (body.startsWith('{')) return readJsonFeed(page, parseJson(body));
  if (/^(<!--[\s\S]{0,500}?-->\s*)?<(!doctype\s+html|html)\b/i.test(body.slice(0, 1_000))) return readEntryPage(page);
  return readXml({ ...page, html: body });
}
