/**
 * The same post as other templates, years and ways of saving write it: what a page is read for must not hang on one of
 * them. All words here are our own; what a golden page proves already is not repeated.
 */
import { describe, expect, it } from 'vitest';
import type { ParsedPage } from '../../../core/model/capture.ts';
import { readTime } from '../../../crawlers/extract/times.ts';
import { unwrapped } from '../../../crawlers/extract/unwrap.ts';
import { decodeText } from '../../../crawlers/fetch/charset.ts';
import { platformById } from '../../../crawlers/platforms/registry.ts';
import { parseSaved } from '../../../crawlers/platforms/saved.ts';

const NOW = new Date('2026-11-23T10:00:00+08:00');
const parse = (platform: string, html: string | object, url: string | null = null): ParsedPage =>
  platformById(platform).parse({ url, html: typeof html === 'string' ? html : JSON.stringify(html), fetchedAt: NOW });
const page = (body: string, head = ''): string => `<!DOCTYPE html><html><head>${head}</head><body>${body}</body></html>`;

describe('times', () => {
  it.each([
    ['刚刚', '2026-11-23T10:00:00+08:00'],
    ['3小时前', '2026-11-23T07:00:00+08:00'],
    ['3 个小时前发布', '2026-11-23T07:00:00+08:00'],
    ['半小时前', '2026-11-23T09:30:00+08:00'],
    ['两天前', '2026-11-21'],
    ['1年前', '2025-11-23'],
    ['昨天 12:30', '2026-11-22T12:30:00+08:00'],
    ['昨日', '2026-11-22'],
    ['今天08:05', '2026-11-23T08:05:00+08:00'],
    ['05-11', '2026-05-11'],
    ['12-30', '2025-12-30'],
    ['05-11发布', '2026-05-11'],
    ['更新于 5月11日', '2026-05-11'],
    ['5月11日 08:30', '2026-05-11T08:30:00+08:00'],
    ['发布时间：2023-05-11 08:30:15', '2023-05-11T08:30:15+08:00'],
    ['2023年5月11日 下午3:05', '2023-05-11T15:05:00+08:00'],
    ['2023年5月11日 中午11:05', '2023-05-11T11:05:00+08:00'],
    ['2023/5/1', '2023-05-01'],
    ['20230511', '2023-05-11'],
    ['2023-05-11T08:30:00.000+0000', '2023-05-11T16:30:00+08:00'],
    ['Thu, 11 May 2023 00:30:00 GMT', '2023-05-11T08:30:00+08:00'],
    [1_683_765_000, '2023-05-11T08:30:00+08:00'],
    [1_683_765_000_000, '2023-05-11T08:30:00+08:00'],
    ['1683765000', '2023-05-11T08:30:00+08:00'],
    // A month is no day, and what names no day is none.
    ['2023年5月', undefined],
    ['2023-02-30', undefined],
    ['长期有效', undefined],
    ['2021年前', undefined],
  ])('%s', (written, read) => {
    expect(readTime(written, NOW)).toBe(read);
  });
});

describe('ways of saving an answer', () => {
  const answer = '{"code":0,"zpData":{"jobList":[{"encryptJobId":"abcd1234","jobName":"分拣工","brandName":"青岚演示","salaryDesc":"5-6K"}]}}';
  const shown = answer.replace('5-6K', '5&amp;6K');
  it.each([
    ['as it came', answer, '5-6K'],
    ['with a mark of its byte order', `\ufeff${answer}`, '5-6K'],
    [
      'as a browser shows it',
      `<html><head><meta name="color-scheme" content="light dark"></head><body><pre style="word-wrap: break-word">${shown}</pre></body></html>`,
      '5&6K',
    ],
    ['as another browser shows it', `<html><head></head><body><pre>${answer}</pre><div class="json-formatter-container"></div></body></html>`, '5-6K'],
    ['in a callback', `/**/jQuery1830_17(${answer});`, '5-6K'],
    ['behind a guard', `)]}',\n${answer}`, '5-6K'],
    ['as a string of itself', JSON.stringify(answer), '5-6K'],
  ])('%s', (_, text, salary) => {
    expect(parseSaved({ bytes: Buffer.from(text), file: 'x', platform: 'zhipin' })).toMatchObject({ status: 'ok', posts: [{ id: 'abcd1234', salary }] });
  });

  it('leaves pages alone that merely hold a pre', () => {
    const html = page('<h1>题</h1><pre>{"a":1}</pre>');
    expect(unwrapped(html)).toBe(html);
  });

  it('knows whose answer it is without being told', () => {
    expect(parseSaved({ bytes: Buffer.from(`cb(${answer})`), file: 'x' }).platform).toBe('zhipin');
  });

  it('reads GBK that is declared late or wrongly', () => {
    const bytes = (declared: string): Buffer =>
      Buffer.concat([
        Buffer.from(page('', `${' '.repeat(3_000)}<meta charset="${declared}">`).slice(0, -14)),
        Buffer.from([0xd5, 0xd0, 0xc6, 0xd5, 0xb9, 0xa4]),
      ]);
    for (const declared of ['gbk', 'gb2312', 'utf-8']) expect(decodeText(bytes(declared)).text, declared).toContain('招普工');
  });
});

describe('微信公众号', () => {
  const older = (script: string): string =>
    page(
      `<h1 id="activity-name">旧版招工</h1><a id="js_name">青岚招工</a><div id="js_content" style="visibility:hidden"><p>日结，包吃住。</p></div><script>${script}</script>`,
    );
  it.each([
    [
      '2018',
      'var biz = ""||"MzA5NTk3ODQ2Mg=="||""; var nickname = "青岚招工"; var msg_title = "旧版招工"; var ct = "1683765000"; var mid = "2247"; var idx = "1";',
    ],
    [
      '2020',
      "var biz = 'MzA5NTk3ODQ2Mg==' || ''; var nickname = htmlDecode(\"青岚招工\"); var msg_title = '旧版招工'.html(false); var ct = \"1683765000\"; var mid = '' || '2247' || ''; var idx = '' || '1';",
    ],
  ])('older template of %s', (_, script) => {
    expect(parse('wechat', older(script))).toMatchObject({
      status: 'ok',
      account: { id: 'MzA5NTk3ODQ2Mg==', name: '青岚招工' },
      posts: [{ id: 'MzA5NTk3ODQ2Mg==_2247_1', title: '旧版招工', publishedAt: '2023-05-11T08:30:00+08:00', text: '日结，包吃住。' }],
    });
  });

  it.each([
    [
      'plain',
      `window.cgiDataNew = {nick_name: '青岚招工', bizuin: 'MzA5NTk3ODQ2Mg==', mid: '2247', idx: '1', title: '招工', ori_create_time: '1683765000' * 1, item_show_type: '0' * 1, content_noencode: '<p>日结&amp;月结</p>'}`,
    ],
    [
      'escaped',
      "window.cgiDataNew = {nick_name: JsDecode('青岚招工'), bizuin: JsDecode('MzA5NTk3ODQ2Mg=='), mid: '2247' * 1, idx: '1' * 1, title: JsDecode('招工'), ori_create_time: '1683765000' * 1, content_noencode: JsDecode('\\x3cp\\x3e日结\\x26amp;月结\\x3c/p\\x3e')}",
    ],
    [
      'minified, behind a comment',
      '<!--x-->;window.cgiDataNew={nick_name:"青岚招工",bizuin:"MzA5NTk3ODQ2Mg==",mid:"2247",idx:"1",title:"招工",ori_create_time:"1683765000",content_noencode:"<p>日结&amp;月结</p>"};',
    ],
  ])('current template, %s', (_, script) => {
    expect(parse('wechat', page(`<div id="js_content"></div><script>${script}</script>`))).toMatchObject({
      status: 'ok',
      account: { name: '青岚招工' },
      posts: [{ title: '招工', publishedAt: '2023-05-11T08:30:00+08:00', text: '日结&月结' }],
    });
  });

  it.each([
    ['该内容已被发布者删除', 'deleted'],
    ['此内容已被作者删除', 'deleted'],
    ['此帐号已自主注销，内容无法查看', 'deleted'],
    ['此内容因违规无法查看', 'removed_by_platform'],
    ['此内容被投诉且经审核涉嫌侵权，无法查看。', 'removed_by_platform'],
    ['此内容被多人投诉，相关的内容无法进行查看。', 'removed_by_platform'],
    ['此帐号已被屏蔽，内容无法查看', 'removed_by_platform'],
    ['此账号在冻结期，相关内容暂时无法查看', 'removed_by_platform'],
    ['链接已过期', 'expired'],
    ['该内容暂时无法查看', 'unavailable'],
    ['此内容发送失败无法查看', 'unavailable'],
    ['该公众号已迁移', 'unavailable'],
    ['你暂无权限查看此页面内容。', 'unavailable'],
    ['根据作者隐私设置，无法查看该内容', 'unavailable'],
    ['内容审核中，暂时无法查看', 'unavailable'],
    ['参数错误', 'unavailable'],
  ])('says “%s”', (words, status) => {
    for (const html of [
      page(`<div class="weui-msg"><h2 class="weui-msg__title">${words}</h2></div>`),
      page(`<div class="mesg-block"><p class="title">${words}</p></div>`),
      page(`<div id="body"><p>${words}</p></div>`),
    ])
      expect(parse('wechat', html), html).toMatchObject({ status, posts: [] });
  });
});

describe('BOSS直聘', () => {
  const newer = (status: string): string =>
    page(`<div class="job-banner"><div class="info-primary"><div class="job-status">${status}</div><div class="name"><h1>分拣工</h1><span class="salary">5-6K</span></div>
      <p><a class="text-desc text-city">青岚</a><span class="text-desc text-experiece">1-3年</span><span class="text-desc text-degree">大专</span></p></div></div>
      <div class="job-detail"><div class="job-detail-section"><h3>职位描述</h3><div class="job-sec-text">两班倒，<br>包住。</div></div>
      <div class="job-boss-info"><h2 class="name">王某</h2></div>
      <div class="job-detail-section job-detail-company"><div class="detail-section-item company-info-box"><h3>公司介绍</h3><div class="job-sec-text fold-text">本地仓储。</div></div>
      <div class="detail-section-item business-info-box"><h3>工商信息</h3><ul class="level-list"><li class="company-name"><span>公司名称</span>青岚演示仓储有限公司</li><li class="manage-state"><span>经营状态</span>存续</li></ul></div></div>
      <p class="gray">页面更新时间：2026-07-16</p></div>`);
  it('reads the template of 2023', () => {
    const read = parse('zhipin', newer('招聘中'), 'https://www.zhipin.com/job_detail/abcd1234~.html');
    expect(read).toMatchObject({
      status: 'ok',
      account: { name: '青岚演示仓储有限公司', subjectName: '青岚演示仓储有限公司', legalStatus: '存续', description: '本地仓储。' },
      posts: [
        {
          id: 'abcd1234~',
          title: '分拣工',
          salary: '5-6K',
          location: '青岚',
          experience: '1-3年',
          education: '大专',
          text: '两班倒，\n包住。',
          publishedAt: '2026-07-16',
        },
      ],
    });
    expect(JSON.stringify(read)).not.toContain('王某');
  });

  it('knows a closed post by its mark and by the page in its place', () => {
    expect(parse('zhipin', newer('职位已关闭'))).toMatchObject({ status: 'expired', posts: [expect.anything()] });
    expect(parse('zhipin', page('<div class="error-content"><p>您查看的职位已关闭</p></div>'))).toMatchObject({ status: 'expired', posts: [] });
    expect(parse('zhipin', page('<div class="error-content"><p>职位不存在</p></div>'))).toMatchObject({ status: 'deleted' });
  });

  it('reads a card answer', () => {
    const jobCard = { encryptJobId: 'abcd1234', jobName: '分拣工', postDescription: '包住', brandName: '青岚演示', salaryDesc: '5-6K', bossName: '王某' };
    expect(parse('zhipin', { code: 0, zpData: { jobCard } })).toMatchObject({ status: 'ok', posts: [{ id: 'abcd1234', text: '包住', company: '青岚演示' }] });
  });
});

describe('other boards', () => {
  it('智联: a post as the browser draws it', () => {
    const html =
      page(`<div class="summary-plane"><h1 class="summary-plane__title">分拣工</h1><span class="summary-plane__salary">5千-6千</span><ul class="summary-plane__info"><li>青岚</li><li>1-3年</li><li>大专</li><li>招2人</li></ul><span class="summary-plane__time">更新于 7月12日</span></div>
      <div class="describtion__detail-content">两班倒<br>包住</div><a class="company__title" href="https://company.zhaopin.com/CZ123456789.htm">青岚演示仓储有限公司</a>`);
    expect(parse('zhaopin', html, 'https://jobs.zhaopin.com/CC123456780J00012345678.htm')).toMatchObject({
      status: 'ok',
      account: { id: 'CZ123456789', name: '青岚演示仓储有限公司' },
      posts: [{ id: 'CC123456780J00012345678', title: '分拣工', headcount: '招2人', publishedAt: '2026-07-12', text: '两班倒\n包住' }],
    });
  });

  it('智联: a search whatever stands around its entries', () => {
    const entry = {
      number: 'CC1',
      name: '分拣工',
      companyName: '青岚演示',
      salary60: '5-6K',
      publishTime: '2026-07-12 08:00:00',
      positionURL: 'http://jobs.zhaopin.com/CC1.htm',
    };
    for (const answer of [{ code: 200, data: { list: [entry] } }, { data: { result: { positions: [entry] } } }])
      expect(parse('zhaopin', answer)).toMatchObject({ status: 'ok', posts: [{ id: 'CC1', title: '分拣工', publishedAt: '2026-07-12T08:00:00+08:00' }] });
  });

  it('51job: the answer of the interface of 2022, a list without data, and a newer name for its entries', () => {
    const item = {
      jobId: '123456789',
      jobName: '分拣工',
      fullCompanyName: '青岚演示仓储有限公司',
      coId: '77',
      issueDateString: '2026-07-12 08:00:00',
      jobDescribe: '两班倒，电话13900001111',
      provideSalaryString: '5-6千/月',
    };
    const expected = { id: '123456789', title: '分拣工', company: '青岚演示仓储有限公司', publishedAt: '2026-07-12T08:00:00+08:00' };
    expect(parse('51job', { status: '1', resultbody: { job: { items: [item] } } })).toMatchObject({
      status: 'ok',
      posts: [{ ...expected, contacts: ['phone:13900001111'] }],
    });
    const older = { jobid: '123456789', job_name: '分拣工', company_name: '青岚演示仓储有限公司', issuedate: '2026-07-12 08:00:00' };
    expect(parse('51job', page(`<script>window.__SEARCH_RESULT__ = ${JSON.stringify({ engine_jds: [older] })}</script>`))).toMatchObject({
      status: 'ok',
      posts: [expected],
    });
    const rows = page(
      '<div id="resultList"><div class="el title">职位名</div><div class="el"><p class="t1"><a title="分拣工" href="https://jobs.51job.com/qinglan/123456789.html?s=01">分拣工</a></p><span class="t2"><a title="青岚演示仓储有限公司" href="https://jobs.51job.com/all/co77.html">青岚</a></span><span class="t3">青岚</span><span class="t4">5-6千/月</span><span class="t5">07-12</span></div></div>',
    );
    expect(parse('51job', rows)).toMatchObject({
      status: 'ok',
      posts: [{ id: '123456789', company: '青岚演示仓储有限公司', publishedAt: '2026-07-12', account: { id: '77' } }],
    });
  });

  it('猎聘: an employer’s page before 2021, cards of a list, and an answer', () => {
    const older = page(
      '<div class="title-info"><h1 title="分拣主管">分拣主管</h1><h3><a title="青岚演示仓储有限公司">青岚</a></h3></div><p class="basic-infor"><span><a>青岚</a></span><time title="2026年07月12日">4个月前</time></p><div class="job-item-title">8-10万</div><div class="content-word">职位描述：管两班。</div>',
    );
    expect(parse('liepin', older, 'https://www.liepin.com/job/1912345678.shtml')).toMatchObject({
      status: 'ok',
      account: { name: '青岚演示仓储有限公司' },
      posts: [{ id: '1912345678', title: '分拣主管', salary: '8-10万', publishedAt: '2026-07-12', text: '管两班。' }],
    });
    const card = page(
      '<div class="job-list-item"><a href="https://www.liepin.com/job/1912345678.shtml?x=1"><div class="job-title-box"><div class="ellipsis-1" title="分拣主管">分拣主管</div></div><span class="job-salary">8-10万</span></a><span class="company-name">青岚演示</span></div>',
    );
    expect(parse('liepin', card)).toMatchObject({ status: 'ok', posts: [{ id: '1912345678', company: '青岚演示' }] });
    const entry = { job: { jobId: '1', title: '分拣主管', refreshTime: '20260712080000' }, comp: { compName: '青岚演示' } };
    expect(parse('liepin', { flag: 1, data: { data: { jobCardList: [entry] } } })).toMatchObject({
      status: 'ok',
      posts: [{ id: '1', publishedAt: '2026-07-12T08:00:00+08:00' }],
    });
    expect(parse('liepin', { flag: 1, data: { data: { jobCardList: [] } } })).toMatchObject({ status: 'empty_state' });
  });

  it('拉勾: the answer of the desktop and a page of 2021', () => {
    const job = {
      positionId: 77,
      positionName: '分拣工',
      companyFullName: '青岚演示仓储有限公司',
      createTime: '2026-07-12 08:00:00',
      positionDetail: '<p>两班倒</p>',
    };
    expect(parse('lagou', { content: { positionResult: { result: [job] } } })).toMatchObject({ status: 'ok', posts: [{ id: '77', text: '两班倒' }] });
    const next = page(
      `<script id="__NEXT_DATA__" type="application/json">${JSON.stringify({ props: { pageProps: { initData: { result: job, similar: [{ ...job, positionId: 78 }] } } } })}</script>`,
    );
    expect(parse('lagou', next, 'https://www.lagou.com/wn/jobs/77.html')).toMatchObject({
      status: 'ok',
      account: { name: expect.anything() },
      posts: [{ id: '77', publishedAt: '2026-07-12T08:00:00+08:00' }],
    });
  });

  it('青团社: one post’s answer, and a refusal', () => {
    expect(parse('qingtuanshe', { success: true, data: { partJobId: 5, title: '分拣工', company: { name: '青岚演示' }, jobDesc: '日结' } })).toMatchObject({
      status: 'ok',
      posts: [{ id: '5', company: '青岚演示' }],
    });
    expect(parse('qingtuanshe', { success: false, errMsg: '请先登录', data: null })).toMatchObject({ status: 'login_wall' });
    expect(parse('qingtuanshe', { success: false, errMsg: '该职位已下架', data: null })).toMatchObject({ posts: [], status: 'removed_by_platform' });
  });

  it.each(['zhaopin', '51job', 'liepin', 'lagou', 'zhipin'])('%s: a state cut off in the middle is drift, no error and no empty list', (platform) => {
    expect(
      parse(platform, page('<script>window.__INITIAL_STATE__ = {"a":[{"b":"</script><script>window.__SEARCH_RESULT__ = {"engine_search_result":[{')),
    ).toMatchObject({ status: 'parse_drift' });
  });
});

describe('addresses of many kinds', () => {
  it.each([
    ['douyin', 'https://v.douyin.com/iAbCdEf/', 'post'],
    ['douyin', 'http://www.iesdouyin.com/share/video/7400000000000000001/?region=CN', 'post'],
    ['kuaishou', 'https://v.kuaishou.com/AbCdEf', 'post'],
    ['xiaohongshu', 'http://xhslink.com/a/AbCdEf', 'post'],
    ['bilibili', 'https://b23.tv/AbCdEf', 'post'],
    ['bilibili', 'https://m.bilibili.com/opus/900000000000000001', 'post'],
    ['weibo', 'https://m.weibo.cn/status/5338375712145409?sourceType=weixin', 'post'],
    ['zhipin', 'https://m.zhipin.com/job_detail/abcd1234.html?ka=x', 'post'],
    ['wechat', 'http://mp.weixin.qq.com/s?__biz=MzA5NTk3ODQ2Mg==&mid=2247&idx=1&sn=aa', 'post'],
  ])('%s %s', (platform, url, kind) => {
    expect(platformById(platform).matches(url)).toBe(true);
    expect(platformById(platform).kindOf(url)).toBe(kind);
  });
});
