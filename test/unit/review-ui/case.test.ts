/** What the desk works out of a case before it shows it. */
import { describe, expect, it } from 'vitest';
import type { CaseView, FindingView } from '../../../core/model/api.ts';
import { PICTURE_BREAK } from '../../../core/model/post.ts';
import { caseChanges } from '../../../review-ui/pages/review/case-diff.ts';
import { alikeFindings, cameBack, nextOpen, orderFindings } from '../../../review-ui/pages/review/order.ts';
import { wordsOfPictures } from '../../../review-ui/pages/review/picture-words.ts';
import { zh } from '../../../review-ui/text/zh-cn.ts';
import { bigCase, queueRow } from '../../support/desk-fixtures.ts';

const fresh = (): CaseView => bigCase(queueRow(0, { state: 'in_review' }));
const happened = (view: CaseView, ...actions: [string, string][]): CaseView => ({
  ...view,
  events: actions.map(([at, action], i) => ({ id: String(i), at, actor: '周远', action, from: null, to: null, data: { reason: '期限过长' } })),
});

describe('the checklist', () => {
  it('numbers only what may lead to a measure: statutory first, then the surer; hints and exceptions carry no number', () => {
    const { numbered, hints } = orderFindings(fresh().findings);
    expect(numbered.map((mark) => mark.no)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(numbered.map((mark) => mark.finding.level)).toEqual(['statutory', 'statutory', 'statutory', 'lead', 'lead', 'lead', 'lead']);
    expect(numbered.slice(3).map((mark) => mark.finding.score)).toEqual([0.88, 0.8, 0.7, 0.61]);
    expect(hints.every((mark) => mark.no === null && (mark.finding.exempt || ['advisory', 'format'].includes(mark.finding.level)))).toBe(true);
    expect(hints).toHaveLength(3);
  });

  it('goes on to the next open finding, wraps round, and rests when none is left', () => {
    const ordered = orderFindings(fresh().findings);
    const ids = ordered.numbered.map((mark) => mark.finding.id);
    expect(nextOpen(ordered, null)).toBe(ids[0]);
    expect(nextOpen(ordered, ids[6] ?? '')).toBe(ids[0]);
    for (const mark of ordered.numbered.slice(0, 2)) mark.finding.state = 'confirmed';
    expect(nextOpen(ordered, null)).toBe(ids[2]);
    for (const mark of ordered.numbered) mark.finding.state = 'rejected';
    expect(nextOpen(ordered, ids[0] ?? '')).toBeNull();
  });

  it('names the open findings that say the same of one text, the asked one first, and goes on past all of them', () => {
    const view = fresh();
    const [a, b, c] = view.findings;
    for (const f of [a, b, c]) if (f) f.alike = 'k';
    const ordered = orderFindings(view.findings);
    const ids = alikeFindings(ordered, b as FindingView).map((f) => f.id);
    expect(ids).toEqual([b?.id, a?.id, c?.id]);
    expect(nextOpen(ordered, b?.id ?? '', ids)).toBe(ordered.numbered[3]?.finding.id);
    if (c) c.state = 'confirmed';
    expect(alikeFindings(ordered, a as FindingView)).toHaveLength(2);
    expect(alikeFindings(ordered, view.findings[3] as FindingView)).toHaveLength(1);
  });

  it('leaves superseded findings out', () => {
    const view = fresh();
    const [first] = view.findings;
    if (first) first.state = 'superseded';
    expect(orderFindings(view.findings).numbered).toHaveLength(6);
  });
});

describe('the words of pictures', () => {
  it('stand beside the picture they were read from, with where they begin', () => {
    const read = ['月薪八千', '', '【二维码·微信群】https://weixin.qq.com/g/x'].join(PICTURE_BREAK);
    expect(wordsOfPictures(read, 3).map(({ from, text }) => [read.slice(from, from + text.length), text])).toEqual([
      ['月薪八千', '月薪八千'],
      ['', ''],
      ['【二维码·微信群】https://weixin.qq.com/g/x', '【二维码·微信群】https://weixin.qq.com/g/x'],
    ]);
    expect(wordsOfPictures(undefined, 2)).toEqual([
      { from: 0, text: '' },
      { from: 0, text: '' },
    ]);
  });
});

describe('what happened to a case', () => {
  it('knows that it came back only while nothing newer was proposed', () => {
    expect(cameBack(fresh())).toBeNull();
    expect(cameBack(happened(fresh(), ['2026-11-01', 'propose'], ['2026-11-02', 'return']))).toEqual({ by: '周远', reason: '期限过长', at: '2026-11-02' });
    expect(cameBack(happened(fresh(), ['2026-11-03', 'propose'], ['2026-11-02', 'return']))).toBeNull();
    expect(cameBack(happened(fresh(), ['2026-11-01', 'propose'], ['2026-11-05', 'send_back']))?.reason).toBe('期限过长');
    for (const action of ['refused', 'verification_failed'])
      expect(cameBack(happened(fresh(), ['2026-11-01', 'propose'], ['2026-11-05', action]))?.at).toBe('2026-11-05');
    expect(cameBack(happened(fresh(), ['2026-11-05', 'verification_failed'], ['2026-11-06', 'propose']))).toBeNull();
  });

  it('says in sentences what somebody else changed, and nothing when nothing did', () => {
    const before = fresh();
    expect(caseChanges(before, structuredClone(before), zh)).toEqual([]);
    const after = structuredClone(before);
    after.state = 'waiting';
    after.claimedBy = { id: before.id, name: '许衡' };
    const [first] = after.findings;
    if (first) first.state = 'confirmed';
    expect(caseChanges(before, after, zh)).toEqual(['状态由 审核中 变为 等待中', '经办人变为 许衡', '疑点“收费、押金、扣证、担保”已确认']);
    expect(caseChanges(undefined, after, zh)).toEqual([]);
  });
});
