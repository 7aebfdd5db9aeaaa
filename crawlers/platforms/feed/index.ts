/** Feeds of any site: RSS, Atom, JSON Feed, RSSHub and other bridges. */
import { definePlatform } from '../define.ts';
import { readFeed } from './parse.ts';

export const feed = definePlatform({
  id: 'feed',
  name: { zh: '订阅源（RSS/Atom/JSON Feed）', en: 'Feeds (RSS, Atom, JSON Feed)' },
  hosts: [],
  anyHost: true,
  wholeLists: true,
  politeness: { floorDelayMs: 3_000 },
  access: 'public',
  render: 'never',
  required: ['title'],
  can: {
    post: ['entry-page'],
    list: ['atom', 'json-feed', 'rss'],
  },
  keeps: { account: ['url', 'generator'], post: ['tags', 'employmentType'] },
  sniff: (html) =>
    // Behind its declaration, style sheets and remarks a feed begins with one of these.
    /^\ufeff?\s*(?:(?:<\?[^>]{0,1000}>|<!--(?:(?!-->)[\s\S]){0,3000}-->)\s*){0,10}<(rss|feed|rdf:RDF)\b/.test(html.slice(0, 8_000)) ||
    (/^\s*\{/.test(html) && /"(feed_url|home_page_url)"|jsonfeed\.org\/version/.test(html.slice(0, 3_000))),
  kindOf: (url) => (/\.(xml|rss|atom|json)$|\/(feed|rss|atom)\b|[?&]format=/.test(url.pathname + url.search) ? 'list' : 'post'),
  read: readFeed,
});
