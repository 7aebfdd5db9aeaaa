/**
 * Any feed: RSS 2.0 and 1.0, Atom and JSON Feed, as bridges and authorities publish them. An entry is a post; its
 * link is followed when the entry carries no more than its title.
 */
import { type CheerioAPI, load } from 'cheerio/slim';
import { contactStrings } from '../../extract/contacts.ts';
import { absolute, imagesOf, loadHtml, nodeText, textOf } from '../../extract/html.ts';
import { readTime } from '../../extract/times.ts';
import { list, parseJson, str, strings } from '../../extract/tree.ts';
import { makeAccount, makePost } from '../define.ts';
import type { PageInput, Reading } from '../types.ts';

const MAX_ITEMS = 2_000;
type Post = NonNullable<ReturnType<typeof makePost>>;

const reading = (account: Reading['account'], posts: readonly (Post | null)[], items: number, recognised: boolean): Reading => {
  const kept = posts.filter((p) => p !== null);
  const bare = kept.filter((p) => p.url && (!p.text || p.text === p.title));
  return { account, posts: kept, level: 'list', empty: recognised && items === 0, links: bare.map((p) => ({ url: String(p.url), kind: 'post' as const })) };
};

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
    return makePost({
      id: str(item, 'id'),
      platform: 'feed',
      title: str(item, 'title'),
      text,
      publishedAt: readTime(str(item, 'date_published') ?? str(item, 'date_modified'), page.fetchedAt ?? null),
      url: absolute(str(item, 'url') ?? str(item, 'external_url'), page.url),
      images: [...(html ? imagesOf(loadHtml(html), null, page.url) : []), ...[absolute(str(item, 'image'), page.url)].filter((i) => i !== undefined)],
      contacts: contactStrings(text ?? ''),
      tags: strings(item, 'tags'),
      account: account ?? undefined,
    });
  });
  return reading(account, posts, items.length, true);
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
  const $ = load(page.html, { xml: { xmlMode: true, decodeEntities: true } });
  const channel = $('channel, feed').first();
  const link = channel.children('link[rel="alternate"], link:not([rel])').first();
  const title = child($, channel, 'title');
  const account = makeAccount({
    id: bridgedBiz(page, title) ?? channel.children('[rel="self"]').attr('href') ?? (child($, channel, 'id') || page.url || undefined),
    name: accountName(title),
    description: child($, channel, 'description', 'subtitle'),
    url: absolute(link.attr('href') ?? link.text(), page.url),
    generator: child($, channel, 'generator'),
  });
  const items = $('item, entry').toArray().slice(0, MAX_ITEMS);
  const posts = items.map((item) => {
    const html = child($, item, 'content:encoded', 'content', 'description', 'summary');
    const fragment = loadHtml(html);
    const text = nodeText(fragment.root().toArray());
    const alternate = $(item).children('link[rel="alternate"], link:not([rel])').first();
    const url = absolute(alternate.attr('href') ?? alternate.text(), page.url);
    return makePost({
      id: child($, item, 'guid', 'id') || url,
      platform: 'feed',
      title: textOf(child($, item, 'title')),
      text: text || undefined,
      publishedAt: readTime(child($, item, 'pubDate', 'published', 'updated', 'dc:date'), page.fetchedAt ?? null),
      url,
      images: imagesOf(fragment, null, url ?? page.url),
      contacts: contactStrings(text),
      author: child($, item, 'author', 'dc:creator'),
      account: account ?? undefined,
    });
  });
  return reading(account, posts, items.length, channel.length > 0);
}

/** Reads any feed. */
export function readFeed(page: PageInput): Reading {
  const body = page.html.replace(/^\ufeff/, '').trimStart();
  if (body.startsWith('{')) return readJsonFeed(page, parseJson(body));
  return readXml({ ...page, html: body });
}
