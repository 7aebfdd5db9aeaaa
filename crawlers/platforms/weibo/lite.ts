/**
 * 微博 as markup: weibo.cn (a list of an account, one status with its comments, the profile's facts, all pictures of
 * a status) and what a browser saves of m.weibo.cn, weibo.com and s.weibo.com.
 */
import type { CheerioAPI } from 'cheerio/slim';
import type { AccountInput, PostInput } from '../../../core/model/post.ts';
import { contactStrings } from '../../extract/contacts.ts';
import { absolute, loadHtml, nodeText, titleOf, topmost } from '../../extract/html.ts';
import { writeEmoticons } from '../../extract/rich-text.ts';
import { verifiedSubject } from '../../extract/verified.ts';
import { makeAccount, makePost } from '../define.ts';
import { stateOf } from '../states.ts';
import type { PageInput, PageLink, Reading } from '../types.ts';
import { midOf, statusTime } from './ids.ts';

type Nodes = ReturnType<CheerioAPI>;

const SITE = 'https://weibo.cn/';
/** Links and counters that stand among the words of a status. */
const CONTROLS =
  '.ct, .cmt, .cc, a[href*="/attitude/"], a[href*="/repost/"], a[href*="/fav/"], a[href*="/mblog/pic"], a[href*="/mblog/oripic"], a[href*="/mblog/operation"], a[href*="/attention/add"], a[href*="/spam/"], a[href*="/mblog/del"], img.ib';

/** The large form of a picture of which the page shows a small one. */
const large = (url: string | undefined): string | undefined =>
  absolute(url, null)?.replace(/(sinaimg\.cn)\/(?:wap\d+|thumb\d+|thumbnail|bmiddle|orj\d+|mw\d+|small|square)\//, '$1/large/');

function account(id: string | undefined, name: string | undefined, rest: Partial<AccountInput> = {}): AccountInput | null {
  return makeAccount({ id, name, url: id ? `https://weibo.com/u/${id}` : undefined, ...rest });
}

const bidOf = ($: CheerioAPI, block: Nodes): string | undefined =>
  /^M_(\w{8,9})$/.exec(block.attr('id') ?? '')?.[1] ??
  /\/(?:attitude|repost|comment|addFav)\/(\w{8,9})\b/.exec(
    $(block).find('a[href*="/attitude/"], a[href*="/repost/"], a[href*="/addFav/"]').last().attr('href') ?? '',
  )?.[1];

function picturesOf($: CheerioAPI, block: Nodes): string[] {
  const shown = block
    .find('img.ib')
    .toArray()
    .map((img) => large($(img).attr('src')));
  return [...new Set(shown.filter((u) => u !== undefined))];
}

/** One block of weibo.cn: the words of a forwarded status stand first, the reason for forwarding last. */
function litePost($: CheerioAPI, block: Nodes, author: AccountInput | null, bid: string | undefined, page: PageInput): PostInput | null {
  const written = nodeText(block.find('.ct').last().toArray());
  const images = picturesOf($, block);
  const forwarded = /转发了.*的微博/s.test(nodeText(block.find('.cmt').first().toArray()));
  const source = forwarded ? nodeText(block.find('.cmt').first().find('a').first().toArray()).replace(/^@/, '') : undefined;
  const parts = block.children('div').toArray();
  const shortened = block.find('.ctt a[href*="/comment/"]').filter((_, a) => /全文/.test($(a).text())).length > 0;
  block.find('.ctt a[href*="/comment/"]').remove();
  block.find(CONTROLS).remove();
  const words = (nodes: readonly unknown[]): string =>
    nodeText(nodes)
      .replace(/^(?:转发理由)?[:：]\s*/, '')
      .replace(/(?:\s*(?:原图|\[?组图共\d+张\]?|关注[她他它]|举报|收藏|操作|删除))+$/, '')
      .replace(/\u200b/g, '')
      .trim();
  const first = words(block.find('.ctt').first().parent('div').toArray());
  const reason = forwarded && parts.length > 1 ? words(parts.slice(-1)) : '';
  const text = forwarded ? [reason, `转发 @${source ?? ''}：`, first].filter(Boolean).join('\n') : first;
  const id = midOf(bid) ?? bid;
  return makePost({
    id,
    platform: 'weibo',
    text: text || undefined,
    publishedAt: statusTime(written, id, page.fetchedAt ?? null),
    publishedText: written.replace(/\s*来自.*$/s, ''),
    url: id ? `https://m.weibo.cn/detail/${id}` : undefined,
    images,
    contacts: contactStrings(text),
    account: author ?? undefined,
    bid,
    shortened: shortened || undefined,
    repostOfAccount: source,
  });
}

const uidIn = (href: string | undefined): string | undefined =>
  /^(?:https?:\/\/weibo\.cn)?\/(?:u\/)?(\d{5,12})(?:[/?]|$)/.exec(href ?? '')?.[1] ?? /[?&](?:uid|fuid|srcuid)=(\d{5,12})/.exec(href ?? '')?.[1];

/** The block on top of an account's list. */
function headOf($: CheerioAPI, page: PageInput): AccountInput | null {
  const lines = $('.ut .ctt')
    .toArray()
    .map((el) => nodeText([el]));
  const certified = lines.map((line) => /^认证[:：]\s*(.+)$/s.exec(line)?.[1]?.trim()).find((v) => v !== undefined);
  const id = uidIn($('.u a[href$="/info"], .u a[href*="/follow"]').first().attr('href')) ?? uidIn(page.url ?? undefined);
  const name = /^(.{1,60})的微博$/.exec(titleOf(page.html))?.[1] ?? lines[0]?.split(/[\s\u00a0]/)[0];
  const described = lines.slice(1).find((line) => !/^认证[:：]/.test(line));
  return id || lines.length > 0 ? account(id, name, { description: described, ...verification(certified, $('.ut img[alt="V"]').attr('src')) }) : null;
}

/** A yellow V (5338) is a person's, a blue one (5337) an organisation's. */
function verification(certified: string | undefined, mark: string | undefined): Partial<AccountInput> {
  const blue = /5337\./.test(mark ?? '') || (mark === undefined && /官方|公司|集团|中心|委员会|协会|学校|大学|学院/.test(certified ?? ''));
  return {
    verified: certified !== undefined || mark !== undefined || undefined,
    verifiedReason: certified,
    subjectName: blue ? verifiedSubject(certified) : undefined,
    subjectType: certified !== undefined && /5338\./.test(mark ?? '') ? 'individual' : undefined,
  };
}

/** `weibo.cn/<uid>/info`: one fact a line. */
function readInfo($: CheerioAPI, page: PageInput): Reading | null {
  const facts = new Map<string, string>();
  for (const line of nodeText($('.c').toArray()).split('\n')) {
    const fact = /^(昵称|认证|认证信息|简介|性别|地区)[:：]\s*(.+)$/.exec(line);
    if (fact?.[1] && fact[2] && !facts.has(fact[1])) facts.set(fact[1], fact[2].trim());
  }
  const name = facts.get('昵称');
  if (!name) return null;
  const id = uidIn($('a[href*="fuid="], a[href*="uid="]').first().attr('href')) ?? uidIn(page.url ?? undefined);
  const certified = facts.get('认证信息') ?? facts.get('认证');
  return { account: account(id, name, { description: facts.get('简介'), ...verification(certified, undefined) }), level: 'account' };
}

/** `weibo.cn/comment/<bid>`: the status on top, comments below. */
function readOne($: CheerioAPI, page: PageInput): Reading | null {
  const block = $('#M_').first();
  if (block.length === 0) return null;
  // A browser that saves the page writes its addresses out.
  const author = block.find('a[href^="/"], a[href^="https://weibo.cn/"], a[href^="http://weibo.cn/"]').first();
  const id = $('input[name="srcuid"]').attr('value') ?? uidIn(author.attr('href'));
  const who = account(id, nodeText(author.toArray()), verification(undefined, block.find('img[alt="V"]').first().attr('src')));
  const bid = $('input[name="id"]').attr('value') ?? bidOf($, block) ?? /\/comment\/(\w{8,9})/.exec(page.url ?? '')?.[1];
  author.remove();
  const post = litePost($, block, who, bid, page);
  return { account: who, posts: post ? [post] : [], level: 'detail' };
}

/** `weibo.cn/mblog/picAll/<bid>`: the pictures of one status. */
function readPictures($: CheerioAPI): Reading | null {
  const linked = $('a[href*="oripic?id="]').toArray();
  const href = $(linked[0]).attr('href') ?? '';
  const bid = /[?&]id=(\w{8,9})/.exec(href)?.[1];
  if (!bid || $('.ctt').length > 0) return null;
  const pictures = $('img[src*="sinaimg.cn"]')
    .toArray()
    .map((img) => large($(img).attr('src')))
    .filter((u) => u !== undefined && /\/large\//.test(u));
  const id = midOf(bid) ?? bid;
  const post = makePost({ id, platform: 'weibo', bid, url: `https://m.weibo.cn/detail/${id}`, images: [...new Set(pictures)] as string[] });
  return post ? { posts: [post], level: 'detail' } : null;
}

/** Statuses of a page saved from a browser; class names of today's site end in a build's hash. */
const SAVED = {
  item: 'div[action-type="feed_list_item"][mid], .card-wrap[mid], article[class*="woo-panel"], .weibo-main, .weibo-og, .card9',
  text: '[node-type="feed_list_content_full"], [node-type="feed_list_content"], .WB_text, [class*="detail_wbtext"], [class*="wbpro-feed-ogText"], .weibo-text',
  name: '[nick-name], .name[href], .W_f14, [class*="head_name"], .m-text-cut, a[usercard]',
  time: '[node-type="feed_list_item_date"], .from a[href*="weibo.com/"], [class*="head-info_time"], .time, .WB_from a',
  pictures:
    'img[src*="sinaimg.cn"][class*="picture"], .woo-picture-img, .media img, .m-img-box img, .WB_media_wrap img, .weibo-media img, img[node-type="feed_list_media_img"]',
} as const;

function savedPost($: CheerioAPI, item: Nodes, page: PageInput): PostInput | null {
  const body = item.find(SAVED.text).last();
  const named = item.find(SAVED.name).first();
  const when = item.find(SAVED.time).first();
  const href = absolute(when.attr('href'), 'https://weibo.com/');
  const uid = /weibo\.c(?:om|n)\/(?:u\/)?(\d{5,12})/.exec(href ?? named.attr('href') ?? '')?.[1];
  const bid = /weibo\.com\/\d+\/(\w{9})/.exec(href ?? '')?.[1];
  const id = item.attr('mid') ?? midOf(bid);
  const text = nodeText(body.toArray(), true)
    .replace(/\s*(?:展开c?|收起d?|\.{3}全文)$/, '')
    .replace(/\u200b/g, '')
    .trim();
  const who = account(uid, named.attr('nick-name') ?? (nodeText(named.toArray()) || undefined));
  const images = item
    .find(SAVED.pictures)
    .toArray()
    .map((img) => large($(img).attr('src')))
    .filter((u) => u !== undefined);
  return makePost({
    id,
    platform: 'weibo',
    text,
    publishedAt: statusTime(when.attr('title') ?? nodeText(when.toArray()), id, page.fetchedAt ?? null),
    publishedText: nodeText(when.toArray()),
    url: id ? `https://m.weibo.cn/detail/${id}` : href,
    images: [...new Set(images)],
    contacts: contactStrings(text),
    account: who ?? undefined,
    bid,
  });
}

function readSaved($: CheerioAPI, page: PageInput): Reading | null {
  const items = topmost($, SAVED.item, 500).filter((el) => $(el).find(SAVED.text).length > 0);
  const posts = items.map((el) => savedPost($, $(el), page)).filter((p) => p !== null);
  if (posts.length === 0) return null;
  const first = posts[0]?.account;
  const same = first && posts.every((p) => p.account?.name === first.name);
  return { posts, account: same ? first : null, level: posts.length === 1 ? 'detail' : 'list' };
}

function readList($: CheerioAPI, page: PageInput): Reading | null {
  const author = headOf($, page);
  const blocks = topmost($, '.c[id^="M_"]', 200);
  if (blocks.length === 0 && !author) return null;
  const posts = blocks.map((el) => litePost($, $(el), author, bidOf($, $(el)), page)).filter((p) => p !== null);
  const links: PageLink[] = posts.flatMap((p) =>
    p['shortened'] === true && p['bid'] ? [{ url: `${SITE}comment/${String(p['bid'])}`, kind: 'post' as const }] : [],
  );
  const said = posts.length === 0 ? stateOf(nodeText($('.c').toArray())) : null;
  return {
    account: author,
    posts,
    links,
    level: posts.length === 0 && author ? 'account' : 'list',
    empty: said?.status === 'empty_state',
    reason: said?.reason ?? null,
  };
}

/** Reads any of these pages; what says none of it may still say what became of the status. */
export function readLite(page: PageInput): Reading {
  const $ = loadHtml(page.html);
  writeEmoticons($);
  const found = readOne($, page) ?? readList($, page) ?? readInfo($, page) ?? readPictures($) ?? readSaved($, page);
  if (found) return found;
  const state =
    stateOf(nodeText($('.me, .h5-4con, .m-error, .ps, .W_error, .page_error, .woo-empty, [class*="empty"], .box404, .tip').toArray())) ??
    stateOf(titleOf(page.html));
  return state ? (state.status === 'empty_state' ? { empty: true, reason: state.reason, level: 'list' } : state) : { level: 'detail' };
}
