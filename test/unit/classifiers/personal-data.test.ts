import { describe, expect, it } from 'vitest';
import { personalData } from '../../../classifiers/text/personal-data.ts';

const told = (text: string) => personalData(text).map(({ kind, start, end }) => `${kind} ${text.slice(start, end)}`);

describe('personal data in a text', () => {
  it('is found at every place it stands, disguised or not', () => {
    expect(told('电话13800131234，再打13800131234')).toEqual(['phone 13800131234', 'phone 13800131234']);
    expect(told('加微信 pin_cha88，QQ：123456789，邮箱 a@example.cn')).toEqual(['wechat pin_cha88', 'qq 123456789', 'email a@example.cn']);
    expect(told('一三八零零一三一二三四')).toEqual(['phone 一三八零零一三一二三四']);
  });

  it('counts identity cards and bank cards', () => {
    expect(told('证件 11010119900307123X 交来')).toEqual(['identity 11010119900307123X']);
    expect(told('汇到 6222 0202 0011 2233 446')).toContain('bank_card 6222 0202 0011 2233 446');
  });

  it('leaves pay, years, order numbers and links alone', () => {
    expect(told('月薪 6000-8000，2026 年招 30 人，订单 6222020200112233447，见 https://jobs.example.cn/13800131234')).toEqual([]);
  });
});
