/**
 * 58同城: the detail page with its company block, where badges say that the poster recruits or trains for others
 * (代招, 代培), and the list. Selectors are of pages some years old, so every field may be missing; digits may be
 * drawn with a font of the page's own, which is said and not guessed.
 */
import { contactStrings } from '../../extract/contacts.ts';
import { absolute, imagesOf, loadHtml, nodeText } from '../../extract/html.ts';
import { wholeAssigned } from '../../extract/js-literal.ts';
import { labelled, labelledPairs } from '../../extract/labels.ts';
import { readTime } from '../../extract/times.ts';
import { str } from '../../extract/tree.ts';
import { makeAccount, makePost } from '../define.ts';
import type { PageInput, PageLink, Reading } from '../types.ts';

const SITE = 'https://www.58.com/';
const DEGREE = /学历|初中|高中|中专|中技|大专|本科|硕士|博士/;
const MAX_CARDS = 300;

/** The post's number in its address: of the page itself, or carried by the advertising redirect of a list. */
const idOf = (url: string | undefined): string | undefined =>
  /\/(\d{8,20})x?\.shtml/.exec(url ?? '')?.[1] ?? /entinfo=(\d{8,20})_/.exec(url ?? '')?.[1] ?? undefined;

/** Characters of the private use area are digits drawn with the page's own font: unreadable without it. */
const drawn = (text: string): boolean => /[\ue000-\uf8ff]/.test(text) || /&#x[ef][0-9a-f]{3};/i.test(text);

function companyOf($: ReturnType<typeof loadHtml>, page: PageInput) {
  const textAt = (selector: string): string => nodeText($(selector).first().toArray());
  const link = $('.comp_baseInfo_title .baseInfo_link a, .comp_baseInfo_link a, .company_name a').first();
  const name = link.attr('title')?.trim() || nodeText(link.toArray()) || textAt('.comp_baseInfo_title');
  const badges = $('.comp_baseInfo_title .baseInfo_daizhao, .comp_baseInfo_title .baseInfo_daipei')
    .toArray()
    .map((el) => nodeText([el]) || (/daizhao/.test($(el).attr('class') ?? '') ? '代招' : '代培'));
  const identified = textAt('.com_identify .identify_title, .identify_con');
  const facts = labelledPairs($, '.comp_intro, .comp_baseInfo, .comp_baseInfo_title');
  const registered = labelled(facts, '企业名称', '公司全称', '公司名称');
  const account = makeAccount({
    id: /(?:qy\.58\.com|58\.com\/mq?)\/(\d{6,20})/.exec(link.attr('href') ?? '')?.[1],
    name: name || registered,
    subjectName: registered ?? (name || undefined),
    uscc: labelled(facts, '统一社会信用代码', '信用代码'),
    // 代招 is recruiting on behalf of others by the platform's own mark.
    subjectType: badges.some((b) => /代招/.test(b)) ? 'agency' : undefined,
    subjectKind: labelled(facts, '公司性质', '企业性质'),
    industry: textAt('.comp_baseInfo_belong') || labelled(facts, '所属行业'),
    size: textAt('.comp_baseInfo_scale') || labelled(facts, '公司规模'),
    businessScope: labelled(facts, '经营范围'),
    verified: identified ? /认证|已验证/.test(identified) : undefined,
    description: textAt('.comp_intro .txt, .intro .txt'),
    url: absolute(link.attr('href'), page.url ?? SITE),
  });
  return { account, badges };
}

function readDetail(page: PageInput, $: ReturnType<typeof loadHtml>): Reading {
  const textAt = (selector: string): string => nodeText($(selector).first().toArray());
  const { account, badges } = companyOf($, page);
  const state = wholeAssigned(page.html, '____json4fe');
  const text = nodeText($('.item_con .posDes .des, .posDes .des, .des').first().toArray());
  const conditions = $('.pos_base_condition .item_condition, .pos_base_condition span')
    .toArray()
    .map((el) => nodeText([el]));
  const updated = textAt('.pos_base_update, .pos_base_num .pos_base_update').replace(/^更新[:：]?\s*/, '');
  const salary = textAt('.pos_base_info .pos_salary, .pos_salary');
  const url = absolute($('link[rel="canonical"]').attr('href') ?? page.url ?? undefined, null);
  const place = $('.pos-area .pos_area_item')
    .toArray()
    .map((el) => nodeText([el]))
    .filter(Boolean);
  const post = makePost({
    id: idOf(url) ?? str(state, 'infoid'),
    platform: '58',
    title: textAt('.pos_base_info .pos_title, .pos_title') || textAt('.pos_name'),
    position: textAt('.pos_name'),
    company: account?.name,
    salary,
    location: [...new Set([...place, textAt('.pos-area > span:not(.pos_area_item)')])].filter(Boolean).join(' '),
    text,
    education: conditions.find((c) => DEGREE.test(c)),
    experience: conditions.find((c) => /经验|年/.test(c)),
    headcount: conditions.find((c) => /招?\d+人|若干/.test(c)),
    publishedAt: readTime(updated, page.fetchedAt ?? null),
    publishedText: updated,
    url,
    welfare: $('.pos_welfare .pos_welfare_item')
      .toArray()
      .map((el) => nodeText([el])),
    images: imagesOf($, '.posDes', page.url),
    onBehalf: badges.length > 0 ? badges.join('、') : undefined,
    drawnDigits: drawn(salary) || undefined,
    contacts: contactStrings(text),
    account: account ?? undefined,
  });
  return { account, posts: post ? [post] : [], level: 'detail' };
}

function readList(page: PageInput, $: ReturnType<typeof loadHtml>): Reading {
  const posts = $('.job_name a, a.job_name')
    .toArray()
    .slice(0, MAX_CARDS)
    .map((a) => {
      const card = $(a).closest('li, .job_item, tr').first();
      const textAt = (selector: string): string => nodeText(card.find(selector).first().toArray());
      const url = absolute($(a).attr('href'), page.url ?? SITE);
      const company = card.find('.comp_name a, .company_name a').first();
      const name = company.attr('title')?.trim() || nodeText(company.toArray());
      const named = $(a).find('.name').first();
      return makePost({
        id: idOf(url) ?? card.attr('infoid'),
        platform: '58',
        title: nodeText((named.length > 0 ? named : $(a)).toArray()),
        company: name,
        salary: textAt('.job_salary'),
        location: textAt('.job_name .address, .address'),
        education: textAt('.job_require .xueli, .xueli'),
        experience: textAt('.job_require .jingyan, .jingyan'),
        url,
        account: makeAccount({ id: /(?:qy\.58\.com|58\.com\/mq?)\/(\d{6,20})/.exec(company.attr('href') ?? '')?.[1], name }) ?? undefined,
      });
    })
    .filter((p) => p !== null);
  const links: PageLink[] = posts.flatMap((p) => (p.url ? [{ url: p.url, kind: 'post' as const }] : []));
  const next = absolute($('.next, a.next').first().attr('href'), page.url ?? SITE);
  const [current, total] = [Number(nodeText($('.cur_page').first().toArray())), Number(nodeText($('.total_page').first().toArray()))];
  if (next && !(total > 0 && current >= total)) links.push({ url: next, kind: 'list' });
  return { posts, links, level: 'list', empty: /没有找到(相关|符合)|暂无(相关|符合)/.test(nodeText($('body').toArray()).slice(0, 5_000)) };
}

/** Reads a detail page or a list page; says when the post is gone. */
export function read58(page: PageInput): Reading {
  const $ = loadHtml(page.html);
  const said = /(该|此)?(职位|信息)(已|不)(下架|下线|过期|失效|存在|删除|关闭|停止招聘)|停止招聘|(您|你)访问的(页面|信息)不存在/.exec(
    nodeText($('.pos_base_info, .no_info, .error, .tips, h1, .pos_title, #main, body').first().toArray()).slice(0, 3_000),
  )?.[0];
  if ($('.posDes, .pos_base_info, .comp_baseInfo_title').length > 0) {
    const reading = readDetail(page, $);
    return said ? { ...reading, status: 'expired', reason: said } : reading;
  }
  const listed = readList(page, $);
  if ((listed.posts?.length ?? 0) === 0 && said) return { status: /删除|不存在/.test(said) ? 'deleted' : 'expired', reason: said };
  return listed;
}
