/** What the desk may add as a source: the registry's declarations as a form, and the same checks as the command line. */
import { stringify } from 'yaml';
import { PinchaError } from '../core/errors.ts';
import type { BoardPreview, BoardTrial, CheckedBoard, SourceDesk, SourceField, SourceKind } from '../core/model/api-source.ts';
import type { PostInput } from '../core/model/post.ts';
import type { Fetcher } from '../core/ports.ts';
import { boardAdapter } from '../crawlers/boards/adapter.ts';
import { type LoadedBoard, loadBoard } from '../crawlers/boards/load.ts';
import { previewBoard } from '../crawlers/boards/preview.ts';
import { seedsOf } from '../crawlers/discover.ts';
import { createAddressGuard } from '../crawlers/fetch/address-guard.ts';
import { decodeText } from '../crawlers/fetch/charset.ts';
import { PLATFORMS } from '../crawlers/platforms/registry.ts';
import type { PageInput, PlatformAdapter } from '../crawlers/platforms/types.ts';
import { checkedHosts, checkedSourceUrl } from './commands/sources.ts';

function fieldsOf({ anyHost, hosts }: PlatformAdapter): SourceField[] {
  const where = hosts.join('、');
  const url: SourceField = {
    name: 'url',
    kind: 'url',
    required: true,
    label: { zh: '地址', en: 'Address' },
    hint: anyHost
      ? { zh: '任何网站的公开页面或订阅地址', en: 'A public page or feed of any site' }
      : { zh: `须属于 ${where}`, en: `Must belong to ${hosts.join(', ')}` },
  };
  const further: SourceField = {
    name: 'hosts',
    kind: 'lines',
    required: false,
    label: { zh: '其链接还可以去往的域名', en: 'Further hosts its links may lead to' },
    hint: {
      zh: '一行一个，如 mp.weixin.qq.com 或 *.example.cn；不填则只看本站',
      en: 'One a line, such as *.example.cn; without them only its own site is visited',
    },
  };
  return anyHost ? [url, further] : [url];
}

const kindOf = (adapter: PlatformAdapter): SourceKind => ({
  platform: adapter.id,
  name: adapter.name,
  access: adapter.access,
  render: adapter.render,
  floorDelayMs: adapter.politeness.floorDelayMs,
  hosts: [...adapter.hosts],
  fields: fieldsOf(adapter),
});

/** As the fault names it: line 3 of it. */
const YAML_NAME = '配置';
const SHOWN = 20;
const cut = (value: string | null | undefined, most: number): string | null => (value ? (value.length > most ? `${value.slice(0, most)}…` : value) : null);

const shownPost = (post: PostInput): BoardPreview['page']['posts'][number] => ({
  title: cut(post.title, 200) ?? '',
  company: cut(post.company, 100),
  salary: cut(post.salary, 100),
  location: cut(post.location, 100),
  publishedAt: cut(post.publishedAt, 60),
  text: cut(post.text, 300) ?? '',
});

type Look = Fetcher['fetch'];
/** A person waits for the answer: a host whose turn is further off is said to be paused. */
const MOST_WAIT_MS = 15_000;
/** One look at an address of the board, by the fetcher that keeps every host's clock. @throws PinchaError FETCH_FAILED when there is no page */
async function pageAt(url: string, floorDelayMs: number, look: Look): Promise<PageInput> {
  const { exchange, outcome, reason } = await look(url, { floorDelayMs, maxWaitMs: MOST_WAIT_MS });
  if (!exchange) throw new PinchaError('FETCH_FAILED', { url, reason: reason ?? outcome });
  const type = exchange.responseHeaders.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? null;
  return { url: exchange.finalUrl, html: decodeText(exchange.body, type).text, mediaType: type, fetchedAt: exchange.fetchedAt };
}

async function tried({ board }: LoadedBoard, { html, url }: BoardTrial, look: Look): Promise<BoardPreview> {
  const address = url || board.start;
  if (!boardAdapter(board).accepts(address))
    throw new PinchaError('INPUT_INVALID', { field: 'url', reason: `不属于该招聘板（${[new URL(board.start).host, ...board.hosts].join('、')}）` });
  const input = html ? { url: address, html, fetchedAt: null } : await pageAt(address, board.delayMs, look);
  const { page, selectors } = previewBoard(board, input);
  const items = selectors.find((s) => s.field === 'list.item')?.found ?? 0;
  return {
    platform: board.id,
    name: board.name.zh,
    start: board.start,
    page: {
      url: input.url ?? address,
      status: page.status ?? 'unknown',
      reason: page.statusReason ?? null,
      postCount: page.posts.length,
      posts: page.posts.slice(0, SHOWN).map(shownPost),
      linkCount: page.links.length,
      links: page.links.slice(0, SHOWN).map((link) => link.url),
    },
    selectors: selectors.map(({ field, selector, found, values }) => ({
      field,
      selector,
      found,
      of: /^list\.(fields\.|link$)/.test(field) ? Math.min(items, 500) : null,
      values: [...values],
    })),
  };
}

/**
 * @param allowPrivate `host:port` that may be visited although private
 * @param demo whether the sandbox's platforms are offered
 * @param look the fetcher's way out, for pages boards are tried on
 */
export function createSourceDesk(allowPrivate: readonly string[], demo: boolean, look: Look): SourceDesk {
  const load = (yaml: string): LoadedBoard => {
    const loaded = loadBoard(yaml, YAML_NAME);
    createAddressGuard(allowPrivate).check(loaded.board.start);
    return loaded;
  };
  return {
    kinds: () => PLATFORMS.filter((p) => demo || !p.id.startsWith('sandbox-')).map(kindOf),
    check: (platform, fields) => {
      const hosts = (fields['hosts'] ?? '').split(/[\s,，、]+/).filter(Boolean);
      return { platform, url: checkedSourceUrl(platform, (fields['url'] ?? '').trim(), allowPrivate), hosts: checkedHosts(platform, hosts) };
    },
    seeds: seedsOf,
    board: (yaml): CheckedBoard => {
      const { board, written } = load(yaml);
      return { platform: board.id, name: board.name.zh, url: new URL(board.start).href, board: written };
    },
    tryBoard: async (trial) => tried(load(trial.yaml), trial, look),
    written: (board) => stringify(board),
  };
}
