/**
 * Personal data that nothing needs ends where a page is read: each page here carries some in the places where its
 * platform puts them, and none of it may be among what is read. What is declared stays.
 */
import { describe, expect, it } from 'vitest';
import type { ParsedPage } from '../../../core/model/capture.ts';
import { keeper } from '../../../core/model/kept.ts';
import { PLATFORMS, platformById } from '../../../crawlers/platforms/registry.ts';
import { readPost } from '../../../crawlers/registries/posts.ts';

const FACE = 'https://img.example.cn/face/lujia.jpg';
const BORN = '1991-02-03';
const BYSTANDER = '路过的小周';
const PHONE = '13900007788';
const PLACE = '31.230416';
const PRIVATE = [FACE, BORN, BYSTANDER, PHONE, PLACE];
const AT = 1_788_255_015;

const parse = (platform: string, value: unknown): ParsedPage =>
  platformById(platform).parse({ url: null, html: typeof value === 'string' ? value : JSON.stringify(value), fetchedAt: null });

const PAGES: readonly (readonly [string, unknown])[] = [
  [
    'douyin',
    {
      status_code: 0,
      aweme_list: [
        {
          aweme_id: '7400000000000000001',
          desc: '招分拣工两名',
          create_time: AT,
          author: { uid: '77', sec_uid: 'MS4wLjABAAAAxx', nickname: '青岚招工', avatar_thumb: { url_list: [FACE] }, birthday: BORN, location: PLACE },
          comment_list: [{ cid: '1', text: `联系我 ${PHONE}`, user: { nickname: BYSTANDER, avatar: FACE } }],
          geo: { latitude: PLACE },
        },
      ],
    },
  ],
  [
    'kuaishou',
    {
      result: 1,
      feeds: [
        {
          photoId: '3xabcdefgh',
          caption: '招分拣工',
          timestamp: AT * 1_000,
          userId: 5,
          userName: '青岚招工',
          headUrl: FACE,
          birthday: BORN,
          likers: [BYSTANDER],
        },
      ],
    },
  ],
  [
    'weibo',
    {
      ok: 1,
      data: {
        id: '5338375712145409',
        created_at: 'Tue Sep 01 16:30:15 +0800 2026',
        text: '招分拣工',
        reposts_count: 0,
        source: `<a>${BYSTANDER}的手机</a>`,
        geo: { coordinates: [PLACE] },
        user: { id: 9, screen_name: '青岚招工', avatar_hd: FACE, birthday: BORN, verified: false },
        comments: [{ rootid: 1, text: PHONE, user: { screen_name: BYSTANDER } }],
      },
    },
  ],
  [
    'xiaohongshu',
    {
      code: 0,
      data: {
        items: [
          {
            id: '6a1b2c3d4e5f6a7b8c9d0e1f',
            note_card: {
              title: '招分拣工',
              desc: '日结',
              time: AT * 1_000,
              user: { user_id: '5a1b2c3d4e5f6a7b8c9d0e1f', nickname: '青岚招工', avatar: FACE, birthday: BORN },
              at_user_list: [{ nickname: BYSTANDER }],
            },
          },
        ],
        comments: [{ content: PHONE, user_info: { nickname: BYSTANDER, image: FACE } }],
      },
    },
  ],
  [
    'bilibili',
    {
      code: 0,
      data: {
        items: [
          {
            id_str: '900000000000000001',
            type: 'DYNAMIC_TYPE_WORD',
            modules: {
              module_author: { mid: 12, name: '青岚招工', pub_ts: AT, face: FACE, birthday: BORN },
              module_dynamic: { desc: { text: '招分拣工' } },
              module_interaction: { items: [{ desc: { text: `${BYSTANDER}：${PHONE}` } }] },
            },
          },
        ],
      },
    },
  ],
  [
    'zhipin',
    {
      code: 0,
      zpData: {
        jobInfo: { encryptId: 'aaaa', jobName: '分拣工', postDescription: '两班', latitude: PLACE },
        bossInfo: { name: BYSTANDER, tiny: FACE, mobile: PHONE },
        brandComInfo: { encryptBrandId: 'bbbb', brandName: '青岚演示' },
      },
    },
  ],
  [
    'zhaopin',
    {
      jobInfo: {
        jobDetail: {
          detailedPosition: {
            positionNumber: 'CC1',
            positionName: '分拣工',
            jobDesc: '两班',
            latitude: PLACE,
            staff: { staffName: BYSTANDER, avatar: FACE, phone: PHONE, birthday: BORN },
          },
          detailedCompany: { companyNumber: 'CZ1', companyName: '青岚演示有限公司' },
        },
      },
    },
  ],
  [
    'liepin',
    `[{job:{jobId:'1900000001',title:'分拣主管',refreshTime:'20260901163015'},comp:{compId:1,compName:'青岚演示'},recruiter:{recruiterName:'${BYSTANDER}',recruiterPhoto:'${FACE}',mobile:'${PHONE}'}}]`,
  ],
  [
    'qingtuanshe',
    [
      {
        partJobId: 1,
        title: '分拣工',
        companyName: '青岚演示',
        contactMobile: PHONE,
        latitude: PLACE,
        companyLogo: FACE,
        applyUsers: [{ name: BYSTANDER, birthday: BORN }],
        newJobIntroduction: '日结',
      },
    ],
  ],
  [
    'tieba',
    {
      errno: 0,
      data: {
        thread: { id: 8_000_000_001, title: '招分拣工', author: { id: 3, name: '青岚招工', portrait: 'tb.1.aa', avatar: FACE, birthday: BORN } },
        post_list: [
          { floor: 1, time: AT, author: { id: 3, name: '青岚招工' }, content: [{ type: 0, text: '日结，面议' }], lbs_info: { lat: PLACE } },
          { floor: 2, time: AT + 60, author: { id: 4, name: BYSTANDER, portrait: FACE }, content: [{ type: 0, text: `加我 ${PHONE}` }] },
        ],
      },
    },
  ],
  [
    'feed',
    `<rss version="2.0"><channel><title>青岚招工</title><link>https://rc.example.cn/</link><item><title>招分拣工</title><author>${BYSTANDER} ${PHONE}</author><link>https://rc.example.cn/1</link><description>日结</description><geo:lat>${PLACE}</geo:lat><media:thumbnail url="${FACE}"/></item></channel></rss>`,
  ],
  [
    'jsonld',
    `<script type="application/ld+json">${JSON.stringify({
      '@type': 'JobPosting',
      title: '分拣工',
      description: '两班',
      hiringOrganization: { name: '青岚演示', logo: FACE },
      applicationContact: { name: BYSTANDER, telephone: PHONE, birthDate: BORN },
      jobLocation: { address: { addressLocality: '青岚市' }, geo: { latitude: PLACE } },
    })}</script>`,
  ],
];

describe('personal data that nothing needs', () => {
  it.each(PAGES)('is not read from a page of %s', (platform, value) => {
    const page = parse(platform, value);
    expect(page).toMatchObject({ status: 'ok', posts: [expect.objectContaining({ platform })] });
    const read = JSON.stringify(page);
    expect(PRIVATE.filter((one) => read.includes(one))).toEqual([]);
  });

  it('is not taken from files and pushes, whatever they call it, nor inside a declared field', () => {
    const item = readPost(1, {
      id: 'p1',
      text: '招分拣工',
      avatar: FACE,
      commenters: [BYSTANDER],
      location_geo: { lat: PLACE },
      welfare: ['双休', { by: BYSTANDER }],
      tags: { of: PHONE },
      experience: '不限',
      account: { id: 'a1', name: '青岚招工', avatar: FACE, birthday: BORN, fans: [{ name: BYSTANDER }], icp: '青ICP备1号' },
    });
    expect(item).toEqual({
      line: 1,
      post: { id: 'p1', text: '招分拣工', welfare: ['双休'], experience: '不限', account: { id: 'a1', name: '青岚招工', icp: '青ICP备1号' } },
    });
  });

  it('is declared by no adapter', () => {
    for (const { id, keeps } of PLATFORMS)
      for (const name of [...keeps.account, ...keeps.post])
        expect(name, id).not.toMatch(/avatar|portrait|face|photo|birth|fans|follow|comment|lat|lng|geo|author|token/i);
  });

  it('stays out by construction: only the shape and what is declared comes through', () => {
    const kept = keeper({ account: ['url'], post: ['tags'] });
    expect(
      kept.post({ text: '招工', textCut: true, tags: ['日结'], author: BYSTANDER, account: { name: '号', url: 'https://x.example.cn/', avatar: FACE } }),
    ).toEqual({
      text: '招工',
      textCut: true,
      tags: ['日结'],
      account: { name: '号', url: 'https://x.example.cn/' },
    });
  });
});
