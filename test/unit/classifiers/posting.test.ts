import { describe, expect, it } from 'vitest';
import { loadRules } from '../../../bin/law.ts';
import { isNotice } from '../../../classifiers/rules/posting.ts';
import type { PostInput } from '../../../core/model/post.ts';

const rules = loadRules();
const notice = (post: PostInput): boolean => isNotice(rules.read(post));

describe('what offers work', () => {
  it.each(['警方提醒：刷单返利都是骗局，遇到请报警', '法院判决：入职押金应当退还', '本次招聘已全部结束，感谢各位', '老板扣我身份证，这样合法吗？'])(
    '%s does not',
    (text) => {
      expect(notice({ text })).toBe(true);
    },
  );

  it.each([
    '招普工5名，谨防骗子冒充本厂收费',
    '反诈中心提醒您。刷单日结，微信：abc12345',
    '负责检察院食堂的配送，要求会开车，电话13800000000',
    '律师助理，岗位职责：整理案卷',
    '女性优先，月薪五千',
  ])('%s does', (text) => {
    expect(notice({ text })).toBe(false);
  });

  it('takes a stated employer or pay for an offer', () => {
    expect(notice({ title: '法院书记员', text: '协助法官整理案卷', salary: '5000元/月' })).toBe(false);
    expect(notice({ title: '工会干事', text: '组织活动', company: '示例纺织有限公司' })).toBe(false);
  });
});
