/** What leaves the building: the notice body, the human document and the signature. */
import { describe, expect, it } from 'vitest';
import { approval } from '../../../cases/notice/approval.ts';
import { noticeDocument } from '../../../cases/notice/document.ts';
import { newSecret, signMessage, verifyMessage } from '../../../cases/notice/sign.ts';
import { suggest } from '../../../cases/review/suggest.ts';
import { freezeProposal } from '../../../cases/workflow/freeze.ts';
import { MEASURE_ZH } from '../../../core/model/case.ts';
import { noticeBodySchema } from '../../../core/model/notice.ts';
import { article, caseFacts, finding, NOW, office, person } from './world.ts';

const ann = person('1', 'reviewer');
const confirmed = finding({ state: 'confirmed', quote: '交押金,电话13800131234' });
const signedOff = finding({ state: 'confirmed', kind: 'gender-restriction', quote: '限<b>男</b>', articles: [{ ...article, verified: true }] });
const facts = caseFacts({ findings: [confirmed, signedOff, finding({ state: 'rejected', quote: '驳回的话' })] });
const proposal = freezeProposal(facts, { measure: 'suspend_service', days: 30, reason: '收费并限制性别,投诉电话13900139000' }, ann, NOW);
const body = approval({ ...facts, proposal }, NOW, office).newNotices![0]!.body;

describe('notice body', () => {
  it('fits its schema, holds only confirmed findings, says 疑似, and masks telephones', () => {
    expect(noticeBodySchema.parse(body)).toEqual(body);
    expect(body.findings.map((f) => f.kindZh)).toEqual(['疑似收费、押金、扣证、担保', '疑似性别限制']);
    const text = JSON.stringify(body);
    expect(text).not.toContain('13800131234');
    expect(text).not.toContain('13900139000');
    expect(text).not.toContain('驳回的话');
    expect(text).not.toMatch(/违法/);
    expect(body.until).toBe('2026-12-23T02:00:00.000Z');
    expect(body.evidence).toHaveLength(2);
  });

  it('stays within its bounds however many findings there are', () => {
    const many = caseFacts({ findings: Array.from({ length: 500 }, () => finding({ state: 'confirmed', quote: '押'.repeat(3_000) })) });
    const frozen = freezeProposal(many, { measure: 'suspend_service', days: null, reason: '长'.repeat(5_000) }, ann, NOW);
    expect(noticeBodySchema.safeParse(approval({ ...many, proposal: frozen }, NOW, office).newNotices![0]!.body).success).toBe(true);
  });
});

describe('human document', () => {
  const html = noticeDocument(body, { draft: false, platformName: '演示招聘板' });

  it('says of each piece of evidence how far it was vouched for, and nothing where an older notice does not tell', () => {
    const say = (seal?: (typeof body.evidence)[number]['seal']) => {
      const { seal: _own, ...item } = body.evidence[0]!;
      return noticeDocument({ ...body, evidence: [seal ? { ...item, seal } : item] }, { draft: false, platformName: '演示招聘板' });
    };
    expect(say({ state: 'signed', root: 3 })).toContain('制作本通知时的封存状态：日根第 3 号，已签名，未加盖时间戳');
    expect(say({ state: 'unsigned', root: null })).toContain('尚无日根，未签名');
    expect(say()).not.toContain('封存状态');
  });

  it('prints only law that was signed off', () => {
    expect(html).toContain('依据：待法制确认');
    expect(html.match(/《就业促进法》第四十一条/g)).toHaveLength(1);
  });

  it('follows the form: number with 六角括号, addressee, seal place, dates without leading zeros', () => {
    for (const part of ['聘查通〔2026〕1-1号', '演示招聘板：', '（印章）', '2026年11月23日', '暂停服务']) expect(html).toContain(part);
  });

  it('escapes what came from outside and loads nothing', () => {
    expect(html).toContain('限&lt;b&gt;男&lt;/b&gt;');
    expect(html).not.toMatch(/<script|<img|<link|javascript:|src=/);
  });

  it('says across the page what it is not', () => {
    expect(noticeDocument(body, { draft: true, platformName: 'x' })).toContain('稿样·未经签发 · 演示');
    expect(noticeDocument({ ...body, demo: false }, { draft: false, platformName: 'x' })).not.toContain('class="mark"');
  });
});

describe('signatures', () => {
  const secret = newSecret();

  it('verify what they signed, and nothing else', () => {
    const headers = signMessage(secret, 'msg-1', new Date(), '{"a":1}');
    expect(verifyMessage(secret, { ...headers }, '{"a":1}')).toBe('msg-1');
    for (const wrong of [
      () => verifyMessage(secret, { ...headers }, '{"a":2}'),
      () => verifyMessage(newSecret(), { ...headers }, '{"a":1}'),
      () => verifyMessage(secret, { ...headers, 'webhook-id': 'msg-2' }, '{"a":1}'),
      () => verifyMessage(secret, {}, '{"a":1}'),
      () => verifyMessage(secret, { ...signMessage(secret, 'msg-1', new Date(Date.now() - 600_000), '{}') }, '{}'),
    ]) {
      expect(wrong).toThrowError(expect.objectContaining({ code: 'SIGNATURE_INVALID' }));
    }
  });
});

describe('suggestions', () => {
  it('grow with the strikes and say why', () => {
    const money = [finding({ kind: 'charging-jobseekers' })];
    expect(suggest(money, [], '甲')).toMatchObject({ measure: 'suspend_service', days: 15 });
    expect(suggest(money, ['enforced'], '甲')).toMatchObject({ measure: 'suspend_service', days: 90 });
    expect(suggest(money, ['enforced', 'enforced', 'enforced', 'no_violation'], '甲')).toMatchObject({ measure: 'terminate_service', days: null });
    expect(suggest([finding({ kind: 'gender-restriction' })], [], '甲')).toMatchObject({ measure: 'delete_post', days: null });
    expect(suggest(money, ['enforced'], '甲').why).toContain('此前已处置 1 次');
  });

  it('leave the measure to its own field, so that a changed one is not contradicted by the facts', () => {
    for (const kind of ['charging-jobseekers', 'gender-restriction', 'fraud-lead'] as const)
      for (const name of Object.values(MEASURE_ZH)) expect(suggest([finding({ kind })], [], '甲').reason).not.toContain(name);
  });

  it('stand on confirmed findings once there are some, and never on advisory ones', () => {
    const mixed = [
      finding({ kind: 'fraud-lead', level: 'lead' }),
      finding({ kind: 'gender-restriction', state: 'confirmed' }),
      finding({ kind: 'age-limit', level: 'advisory', state: 'confirmed' }),
    ];
    const found = suggest(mixed, [], '甲');
    expect(found.measure).toBe('delete_post');
    expect(found.reason).toContain('疑似性别限制');
    expect(found.reason).not.toContain('年龄');
  });
});
