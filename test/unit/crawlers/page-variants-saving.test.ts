/**
 * The same page as people save it: without its scripts, as a browser shows its source, under a wrong label, with
 * addresses written out. What still stands there must be read, and nothing read wrongly. All words are our own.
 */
import { describe, expect, it } from 'vitest';
import type { ParsedPage } from '../../../core/model/capture.ts';
import { unwrapped } from '../../../crawlers/extract/unwrap.ts';
import { platformById } from '../../../crawlers/platforms/registry.ts';
import { parseSaved } from '../../../crawlers/platforms/saved.ts';

const NOW = new Date('2026-11-23T10:00:00+08:00');
const parse = (platform: string, html: string | object, url: string | null = null): ParsedPage =>
  platformById(platform).parse({ url, html: typeof html === 'string' ? html : JSON.stringify(html), fetchedAt: NOW });
const page = (body: string, head = ''): string => `<!DOCTYPE html>\n<html><head>${head}</head>\n<body>${body}</body></html>`;
const BIZ = 'MzA5NTk3ODQ2Mg==';
const LONG = `http://mp.weixin.qq.com/s?__biz=${BIZ}&amp;mid=2247&amp;idx=2&amp;sn=ab12#rd`;

const article = page(
  '<h1 id="activity-name">河埠招工</h1><a id="js_name">青岚招工</a><em id="publish_time">2026-03-05 08:30</em><div id="js_content"><p>日结&amp;月结。</p></div>',
  '<meta charset="utf-8"><title>河埠招工</title>',
);
const escaped = (line: string): string => line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const lined = `<html><head><meta name="color-scheme" content="light dark"></head><body><div class="line-gutter-backdrop"></div><table><tbody>${article
  .split('\n')
  .map((line, i) => `<tr><td class="line-number" value="${i + 1}"></td><td class="line-content"><span class="html-tag">${escaped(line)}</span></td></tr>`)
  .join('')}</tbody></table></body></html>`;
const listed = `<!DOCTYPE html><html><head><title>https://mp.weixin.qq.com/s/x</title></head><body id="viewsource" class="highlight"><pre id="line1">${article
  .split('\n')
  .map((line) => `<span></span>${escaped(line)}`)
  .join('\n')}</pre></body></html>`;

describe('a page as its source', () => {
  it.each([
    ['a table of lines', lined],
    ['one block', listed],
  ])('%s', (_, html) => {
    expect(unwrapped(html)).toBe(article);
    expect(parseSaved({ bytes: Buffer.from(html), file: 'x' })).toMatchObject({
      platform: 'wechat',
      status: 'ok',
      account: { name: '青岚招工' },
      posts: [{ title: '河埠招工', text: '日结&月结。', publishedAt: '2026-03-05T08:30:00+08:00' }],
    });
  });

  it('leaves a page alone that has numbered lines of its own', () => {
    const own = page('<table><tr><td class="line-number">1</td><td class="line-content">let a = 1;</td></tr></table>');
    expect(unwrapped(own)).toBe(own);
  });
});

it('a page as one message, with its parts', () => {
  const quoted = article.replaceAll('=', '=3D').replace(/[\u0080-\uffff]/g, (c) => [...Buffer.from(c)].map((b) => `=${b.toString(16).toUpperCase()}`).join(''));
  const head =
    'From: <Saved by Blink>\r\nSnapshot-Content-Location: https://mp.weixin.qq.com/s/x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\tboundary="b1"\r\n';
  const part = 'Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Location: https://mp.weixin.qq.com/s/x\r\n';
  const message = `${head}\r\n--b1\r\n${part}\r\n${quoted}\r\n--b1\r\nContent-Type: text/css\r\n\r\na{}\r\n--b1--\r\n`;
  expect(parseSaved({ bytes: Buffer.from(message, 'latin1'), file: 'x.mhtml' })).toMatchObject({
    platform: 'wechat',
    posts: [{ title: '河埠招工', url: 'https://mp.weixin.qq.com/s/x', publishedAt: '2026-03-05T08:30:00+08:00' }],
  });
});

describe('a page under a wrong label', () => {
  it.each(['iso-8859-1', 'windows-1252', 'gb2312', 'big5', 'utf-8'])('%s', (label) => {
    const bytes = Buffer.from(article.replace('"utf-8"', `"${label}"`));
    expect(parseSaved({ bytes, file: 'x', platform: 'wechat' }).account).toMatchObject({ name: '青岚招工' });
    expect(parseSaved({ bytes: Buffer.from(article), file: 'x', platform: 'wechat', contentType: `text/html; charset=${label}` }).account?.name).toBe(
      '青岚招工',
    );
  });

  it('a server that calls everything Western does not overrule what the page says', () => {
    const gbk = Buffer.concat([Buffer.from('<meta charset="gbk"><div id="js_content">'), Buffer.from('d5d0b9a4', 'hex'), Buffer.from('</div>')]);
    expect(parseSaved({ bytes: gbk, file: 'x', platform: 'wechat', contentType: 'text/html; charset=ISO-8859-1' }).posts[0]?.text).toBe('招工');
  });
});

describe('微信公众号', () => {
  it('finds account and key in the long address where the scripts are gone', () => {
    const html = page(article, `<meta property="og:url" content="${LONG}">`);
    expect(parse('wechat', html)).toMatchObject({ account: { id: BIZ, name: '青岚招工' }, posts: [{ id: `${BIZ}_2247_2` }] });
    const saved = `<!DOCTYPE html>\n<!-- saved from url=(0060)${LONG.replaceAll('&amp;', '&')} -->\n${article.slice(16)}`;
    expect(parseSaved({ bytes: Buffer.from(saved), file: 'x' })).toMatchObject({ account: { id: BIZ }, posts: [{ id: `${BIZ}_2247_2` }] });
  });

  it('completes data that name the account by its original number only', () => {
    const data = `window.cgiDataNew = {user_name: JsDecode('gh_0a1b2c3d4e5f'), nick_name: JsDecode('青岚招工'), title: JsDecode('河埠招工'), content_noencode: JsDecode('\\x3cp\\x3e日结\\x3c/p\\x3e'), create_time: JsDecode('2023-05-11 08:30'), link: JsDecode('${LONG.replaceAll('&', '\\x26')}'), ori_create_time: '1683765005' * 1}`;
    expect(parse('wechat', page(`<div id="js_content"></div><script>${data}</script>`))).toMatchObject({
      account: { id: BIZ, name: '青岚招工', userName: 'gh_0a1b2c3d4e5f' },
      posts: [{ id: `${BIZ}_2247_2`, publishedAt: '2023-05-11T08:30:05+08:00', text: '日结' }],
    });
  });

  const variables = `window.biz = '' || '${BIZ}'; window.mid = '' || '' || '2247'; window.idx = '' || '' || '1'; window.ct = '1683765000' || '';
    window.msg_title = window.title = '河埠招工' || ''; window.desc = window.desc || ''; d.nick_name = (xml ? getXmlValue('nick_name.DATA') : '青岚招工').html(false);`;
  it.each([
    [
      'pictures',
      `window.desc = "日结\\x0a包住"; window.picture_page_info_list = [{width: '800' * 1, cdn_url: 'https://mmbiz.qpic.cn/demo/1.jpg'}, {cdn_url: 'https://mmbiz.qpic.cn/demo/2.jpg'}].slice(0, 20);`,
      '<div class="share_content_page"><div id="js_share_content_page_hd"></div></div>',
      2,
    ],
    [
      'text',
      "window.cgiDataNew = {user_name: 'gh_0a1b2c3d4e5f'}; var x = {text_page_info: {content: '日结\\x0a包住'}};",
      '<div id="js_content"><span>青岚招工</span><h1 id="js_text_title">河埠招工</h1><p id="js_text_desc"></p></div>',
      0,
    ],
  ])('share of %s whose data stand in variables', (_, script, body, images) => {
    const read = parse('wechat', page(`${body}<script>${variables}${script}</script>`));
    expect(read).toMatchObject({
      status: 'ok',
      account: { id: BIZ, name: '青岚招工' },
      posts: [{ id: `${BIZ}_2247_1`, title: '河埠招工', text: '日结\n包住', publishedAt: '2023-05-11T08:30:00+08:00' }],
    });
    expect(read.posts[0]?.images?.length ?? 0).toBe(images);
  });

  it('reads a share without its scripts by what its head says, and a page of variables alone not as a post', () => {
    const head = '<meta property="og:title" content="河埠招工"><meta property="og:description" content="日结\\x0a包住">';
    expect(parse('wechat', page('<div id="js_share_content_page_hd"></div>', head))).toMatchObject({
      status: 'ok',
      posts: [{ title: '河埠招工', text: '日结\n包住' }],
    });
    expect(parse('wechat', page(`<script>var msg_title = "河埠招工"; var nickname = "青岚招工"; var biz = "${BIZ}";</script>`))).toMatchObject({
      status: 'parse_drift',
      account: { id: BIZ, name: '青岚招工' },
    });
  });

  it("a page that stands in an article's place keeps its state though its scripts still name the article", () => {
    const gone = page('<div class="weui-msg"><h2 class="weui-msg__title">该内容已被发布者删除</h2></div><script>var msg_title = "河埠招工";</script>');
    expect(parse('wechat', gone)).toMatchObject({ status: 'deleted', posts: [] });
    const video = page(
      `<div id="js_base_container"></div><script>${variables}</script>`,
      '<title>链接已过期怎么办</title><meta property="og:description" content="日结">',
    );
    expect(parse('wechat', video)).toMatchObject({ status: 'ok', posts: [{ title: '河埠招工', text: '日结' }] });
  });

  it('knows its elements however their attributes are written', () => {
    expect(parse('wechat', page("<h1 id=activity-name>河埠招工</h1><div class='x' id=js_content>日结</div>"))).toMatchObject({
      status: 'ok',
      posts: [{ text: '日结' }],
    });
  });
});

describe('others', () => {
  it('微博: addresses written out', () => {
    const html = page(
      '<div class="c" id="M_"><div><a href="https://weibo.cn/u/1234567890">青岚演示</a><span class="ctt">:招工</span> <span class="ct">2026-03-05 08:30:00</span></div></div><form><input name="id" value="J7qxbzDKw"><input name="srcuid" value="1234567890"></form>',
      '<title>评论列表</title>',
    );
    expect(parse('weibo', html)).toMatchObject({ account: { id: '1234567890', name: '青岚演示' }, posts: [{ text: '招工' }] });
  });

  it.each(['id="exploreFeeds"', "id='exploreFeeds'", 'id=mfContainer'])('小红书: the home feed is no account, %s', (attribute) => {
    const card = '<section class="note-item"><a class="cover" href="/explore/6710f60b000000001b013dd4"></a><a class="title">旁人的笔记</a></section>';
    const html = page(`<div ${attribute}>${card}</div>`, '<title>小红书</title>');
    expect(parse('xiaohongshu', html, 'https://www.xiaohongshu.com/user/profile/65e96f0b0000000003025676')).toMatchObject({ status: 'login_wall', posts: [] });
    expect(parse('xiaohongshu', html)).toMatchObject({ status: 'login_wall', posts: [] });
  });

  it('BOSS直聘: the address in the head', () => {
    const html = page(
      '<div class="info-primary"><h1>分拣工</h1><span class="salary">5-6K</span></div><div class="job-sec"><h3>职位描述</h3><div class="text">包住</div></div>',
      '<link rel="canonical" href="https://www.zhipin.com/job_detail/abcd1234~.html">',
    );
    expect(parse('zhipin', html)).toMatchObject({ posts: [{ id: 'abcd1234~', url: 'https://www.zhipin.com/job_detail/abcd1234~.html' }] });
  });

  it('拉勾: a list that a script fills is not empty because the words for it stand ready', () => {
    const html = page(
      '<div class="item_con_list"></div><div class="empty_position"><div>暂时没有符合该搜索条件的职位</div></div>',
      '<title>招聘-拉勾网</title>',
    );
    expect(parse('lagou', html).status).toBe('parse_drift');
  });

  it('抖音: an author without a number is known by his name', () => {
    const work = (id: string): object => ({ aweme_id: id, desc: '招工', author: { unique_id: 'qinglan88', nickname: '青岚演示' } });
    expect(parse('douyin', { aweme_list: [work('6560491598172392712'), work('6560194310065622276')] }).account).toMatchObject({
      name: '青岚演示',
      alias: 'qinglan88',
    });
  });
});

describe('an answer that was cut off or refused', () => {
  it.each([
    ['feed', '{"version":"https://jsonfeed.org/version/1.1","title":"青岚就业","items":[{"id":"1","url":"https://a.example.cn/1","con'],
    ['feed', '<?xml version="1.0"?><rss version="2.0"><channel><title>青岚就业</title><link>https://a.example.cn/</link>'],
    ['feed', '<?xml version="1.0"?><rss version="2.0"><channel><title>青岚就业</title><item><title>半个标'],
  ])('%s is never taken for an empty one: %s', (platform, text) => {
    expect(parse(platform, text)).toMatchObject({ status: 'parse_drift', posts: [] });
  });

  it('微信公众号: an account whose list is cut off is not one without posts', () => {
    const cut = page('<strong class="profile_nickname">青岚招工</strong><script>var msgList = {"list":[{"app_msg_ext_info":{"title":"半');
    expect(parse('wechat', cut)).toMatchObject({ status: 'parse_drift', account: { name: '青岚招工' }, posts: [] });
  });

  it('a feed without entries is empty when it is whole, and keeps its whole entries when it is cut', () => {
    const head = '<?xml version="1.0"?><rss version="2.0"><channel><title>青岚就业</title>';
    expect(parse('feed', `${head}</channel></rss>\n`).status).toBe('empty_state');
    expect(parse('feed', `${head}<item><title>招工</title></item><item><title>半个标`).posts.map((p) => p.title)).toEqual(['招工']);
  });

  it.each([
    ['lagou', { status: false, msg: '您操作太频繁,请稍后再访问', state: 2402 }, 'captcha'],
    ['liepin', { flag: 0, code: '-1400', msg: '请登录后操作' }, 'login_wall'],
    ['zhaopin', { statusCode: 403, message: '访问过于频繁' }, 'captcha'],
    ['51job', { status: '0', message: '请完成滑块验证' }, 'captcha'],
  ])('%s says why it refuses', (platform, answer, status) => {
    expect(parse(platform, answer)).toMatchObject({ status, posts: [] });
  });

  it('data handed to a function, and long ones pasted line by line', () => {
    const job = (id: number): string => `{"positionId":${id},"positionName":"分拣工"}`;
    expect(parse('lagou', `Mock.mock("/jobs",{\n\t"list": [${job(1)},\n${job(2)}]});`).posts).toHaveLength(2);
    expect(
      parse(
        'lagou',
        `Page({\n  data: { a: { result: [${job(1)}] }, b: { result: [${job(2)}] } },\n  onLoad: function (o) { if (o) { this.go({ x: 1 }); } }\n})`,
      ).posts,
    ).toHaveLength(2);
    expect(parse('lagou', Array.from({ length: 120 }, (_, i) => job(i + 1)).join('\n')).posts).toHaveLength(120);
  });
});

describe('JobPosting', () => {
  const posting = {
    '@type': 'JobPosting',
    title: '分拣工',
    datePosted: '2026-03-05',
    validThrough: '2026-11-23',
    identifier: { '@type': 'PropertyValue', name: '青岚演示', value: 'A-17' },
    hiringOrganization: { name: '青岚演示' },
  };
  const script = (body: string): string => page(`<script type="application/ld+json">${body}</script>`);
  it('takes the number of a posting and not the name it was given under, and lets its last day end', () => {
    expect(parse('jsonld', script(JSON.stringify(posting)), 'https://a.example.cn/1')).toMatchObject({ status: 'ok', posts: [{ id: 'a.example.cn:A-17' }] });
    expect(parse('jsonld', script(JSON.stringify({ ...posting, validThrough: '2026-11-22' }))).status).toBe('expired');
  });

  it('reads what only a browser takes for JSON', () => {
    const body = '// <![CDATA[\n{"@type": "JobPosting", "title": "分拣工", "description": "两班倒\n包住", "hiringOrganization": {"name": "青岚演示"},}\n// ]]>';
    expect(parse('jsonld', script(body)).posts).toMatchObject([{ title: '分拣工', text: '两班倒\n包住', company: '青岚演示' }]);
    expect(parse('jsonld', `[${JSON.stringify(posting)}]`).posts).toHaveLength(1);
  });

  it.each([
    ['itemscope itemtype="https://schema.org/JobPosting"', 'itemprop="', ''],
    ['vocab="https://schema.org/" typeof="JobPosting"', 'property="', ''],
    ['typeof="schema:JobPosting"', 'property="', 'schema:'],
  ])('%s', (type, attribute, prefix) => {
    const prop = (name: string): string => `${attribute}${prefix}${name}"`;
    const html = page(
      `<div ${type}><h1 ${prop('title')}>分拣工</h1><time ${prop('datePosted')} datetime="2026-03-05">三月</time><span ${prop('hiringOrganization')}><meta ${prop('name')} content="青岚演示"></span><div ${prop('description')}>包住</div></div>`,
    );
    expect(parseSaved({ bytes: Buffer.from(html), file: 'x' })).toMatchObject({
      platform: 'jsonld',
      posts: [{ title: '分拣工', company: '青岚演示', publishedAt: '2026-03-05', text: '包住' }],
    });
  });
});

describe('feeds of other makers', () => {
  const feed = `<?xml version="1.0" encoding="UTF-8"?>\n<?xml-stylesheet type="text/xsl" href="/a.xsl"?><!-- ${'x'.repeat(900)} --><feed xmlns="http://www.w3.org/2005/Atom"><title>青岚就业</title><link rel="self" href="https://a.example.cn/feed.xml"/><entry><title>招工</title><link rel="alternate" href="/p/1"/><updated>2026-03-05T08:30:00+08:00</updated></entry></feed>`;
  it('are known behind style sheets and remarks, and complete their addresses by their own', () => {
    expect(parseSaved({ bytes: Buffer.from(feed), file: 'x' })).toMatchObject({
      platform: 'feed',
      posts: [{ title: '招工', url: 'https://a.example.cn/p/1' }],
    });
  });

  it.each([
    ['Thu, 05 Mar 2026 00:30:00 GMT'],
    ['Thu, 05 Mar 2026 08:30:00 CST'],
    ['Thu, 5 Mar 2026 08:30'],
    ['Thu Mar 05 08:30:00 CST 2026'],
    ['Wed, 04 Mar 2026 19:30:00 EST'],
  ])('%s', (written) => {
    const item = `<item><title>招工</title><guid>https://a.example.cn/p/1</guid><pubDate>${written}</pubDate></item>`;
    expect(parse('feed', `<rss version="2.0"><channel><title>青岚就业</title>${item}</channel></rss>`).posts).toMatchObject([
      { url: 'https://a.example.cn/p/1', publishedAt: '2026-03-05T08:30:00+08:00' },
    ]);
  });
});

describe('words that a script holds ready are not said', () => {
  const shell = page('<div id="root"></div><script>var words = {gone: "该职位已下线", none: "没有找到相关职位，暂无职位"};</script>');
  it.each(['zhaopin', 'zhipin', 'lagou', 'liepin', '51job', '58'])('%s', (platform) => {
    expect(parse(platform, shell)).toMatchObject({ status: 'parse_drift', posts: [] });
  });

  it('a list in which an entry says so stays a list', () => {
    const card = '<div class="joblist-box__item"><a class="jobinfo__name" href="https://www.zhaopin.com/jobdetail/CC1.htm">该职位已招满三人还缺两人</a></div>';
    expect(parse('zhaopin', page(card))).toMatchObject({ status: 'ok', posts: [{ title: '该职位已招满三人还缺两人' }] });
    expect(parse('zhaopin', page('<div class="error">该职位已下线</div>'))).toMatchObject({ status: 'expired', statusReason: '该职位已下线' });
  });
});

describe('older lists', () => {
  it('拉勾: place, experience and degree of a search', () => {
    const card =
      '<li class="con_list_item" data-positionid="11" data-positionname="分拣工" data-salary="5k-6k" data-company="青岚演示"><a class="position_link"><span class="add">[<em>青岚·河埠</em>]</span></a><div class="li_b_l"><span class="money">5k-6k</span><!--<i></i>-->经验1-3年 / 大专</div></li>';
    expect(parse('lagou', page(card)).posts).toMatchObject([{ id: '11', location: '青岚·河埠', experience: '经验1-3年', education: '大专' }]);
  });

  it('哔哩哔哩: videos that have a number only', () => {
    const video = { aid: 4_009, title: '招工', desc: '包住', pubdate: 1_546_794_600, owner: { mid: 17, name: '青岚演示' } };
    expect(parse('bilibili', { code: 0, data: { archives: [video] } }).posts).toMatchObject([
      { id: 'av4009', url: 'https://www.bilibili.com/video/av4009', account: { id: '17' } },
    ]);
  });
});
