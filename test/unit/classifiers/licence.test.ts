/** Licence matching: names through noise, codes and numbers, and verdicts that say no more than the list does. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { typeAccount } from '../../../classifiers/licence/account-type.ts';
import { createLicenceMatcher, type ListedLicence, noList, numberKey } from '../../../classifiers/licence/match.ts';
import { compareNames } from '../../../classifiers/licence/name-likeness.ts';
import { nameKey, readName } from '../../../classifiers/licence/names.ts';
import { createCompanyRegistry } from '../../../classifiers/licence/registry.ts';
import { checkUscc, usccCheckCharacter } from '../../../classifiers/licence/uscc.ts';
import type { LicenceListInfo } from '../../../core/model/licence.ts';

const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
/** A valid code of an area nobody has. */
const code = (n: number): string => {
  const body = `91990100${String(n).padStart(9, '0')}`;
  return body + usccCheckCharacter(body);
};

describe('unified social credit code', () => {
  it.each([
    ['91350100M000100Y43', true],
    ['91350100M000100Y4Z', false],
    ['9144030071526726XG', true],
    ['914403001922038216', true],
  ])('%s of the worked examples is valid: %s', (written, valid) => {
    expect(checkUscc(written).valid).toBe(valid);
  });

  it('folds width, spaces and case', () => {
    expect(checkUscc(' ９１３５０１００ m000100y43 ')).toEqual({ valid: true, code: '91350100M000100Y43' });
  });

  it('says which rule a code breaks', () => {
    expect(checkUscc('91350100M000100Y4')).toMatchObject({ valid: false, reason: expect.stringContaining('17 位') });
    expect(checkUscc('91350100M000100IO3')).toMatchObject({ valid: false, reason: expect.stringContaining('字符') });
    expect(checkUscc('91350100M000100Y44')).toMatchObject({ valid: false, reason: expect.stringContaining('应为 3') });
  });

  it('catches every change of a single character', () => {
    fc.assert(
      fc.property(fc.nat(999_999_999), fc.integer({ min: 0, max: 17 }), fc.integer({ min: 1, max: 30 }), (n, at, shift) => {
        const good = code(n);
        const other = ALPHABET.charAt((ALPHABET.indexOf(good.charAt(at)) + shift) % 31);
        expect(checkUscc(good).valid).toBe(true);
        expect(checkUscc(good.slice(0, at) + other + good.slice(at + 1)).valid).toBe(false);
      }),
    );
  });
});

describe('company names', () => {
  it.each([
    ['云汀市鹿溪人力资源（集团）有限公司', '云汀市鹿溪人力资源(集团)有限公司'],
    ['云汀市鹿溪人力资源有限公司', '云汀市鹿溪人力资源有限责任公司'],
    ['云汀市鹿溪 人力资源有限公司', '云汀市鹿溪人力资源有限公司'],
    ['广东省深圳市鹿溪劳务有限公司', '深圳鹿溪劳务有限公司'],
    ['鹿溪劳务派遣有限公司', '深圳市鹿溪劳务派遣有限公司'],
    ['上海鹿溪信息咨询', '上海鹿溪信息咨询有限公司'],
    ['上海鹿溪信息咨询有限公司浦东分公司', '上海鹿溪信息咨询有限公司'],
  ])('%s is %s', (a, b) => {
    expect(compareNames(readName(a), readName(b))).toMatchObject({ same: true });
  });

  it.each([
    ['深圳市鹿溪劳务有限公司', '广州市鹿溪劳务有限公司', '地区不同'],
    ['深圳市鹿溪劳务有限公司', '深圳市鹿泽劳务有限公司', '字号不同'],
    ['深圳市鹿溪科技有限公司', '深圳市鹿溪餐饮有限公司', '行业不同'],
    ['上海鹿溪咨询有限公司', '上海鹿溪咨询有限公司浦东分公司', '分支机构'],
    ['上海鹿溪咨询有限公司静安分公司', '上海鹿溪咨询有限公司浦东分公司', '分支机构'],
  ])('%s is not %s: %s', (a, b, reason) => {
    const like = compareNames(readName(a), readName(b));
    expect(like.same).toBe(false);
    expect(like.reasons.join()).toContain(reason);
  });

  it('leaves a misprint in the trade and an abbreviation to people', () => {
    expect(compareNames(readName('上海鹿溪信息咨洵有限公司'), readName('上海鹿溪信息咨询有限公司'))).toMatchObject({ same: false, doubtful: true });
    expect(compareNames(readName('上海鹿溪信息'), readName('上海鹿溪信息咨询有限公司'))).toMatchObject({ same: false, doubtful: true });
  });

  it('folds to the same again where what was taken out had kept letters apart', () => {
    for (const text of ['\u320e\u3133', '\u{1d157}\u{1d165}\ufe74']) expect(nameKey(nameKey(text))).toBe(nameKey(text));
  });

  it('never fails and is reflexive on any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        const name = readName(text);
        expect(compareNames(name, name)).toMatchObject({ same: true, similarity: 1 });
        expect(nameKey(nameKey(text))).toBe(nameKey(text));
      }),
    );
  });
});

const LIST: LicenceListInfo = {
  id: 'list-1',
  label: '云汀市名录',
  authority: '云汀市人社局',
  publishedOn: '2026-11-01',
  sourceUrl: null,
  sha256: '0'.repeat(64),
};
const ONLINE = '职业中介活动（开展网络招聘服务）';
const row = (id: string, name: string, over: Partial<ListedLicence> = {}): ListedLicence => ({
  id,
  name,
  uscc: null,
  number: null,
  scope: ONLINE,
  authority: '云汀市人社局',
  validFrom: '2024-01-01',
  validUntil: '2029-01-01',
  address: null,
  form: 'licence',
  ...over,
});
const matcher = (rows: ListedLicence[], asOf = '2026-11-23') => createLicenceMatcher(LIST, rows, { asOf });

describe('licence matching', () => {
  const rows = [
    row('a', '云汀市鹿溪人力资源服务有限公司', { uscc: code(1), number: '(粤)人服证字〔2024〕第9900000001号' }),
    row('b', '云汀市澄禾人力资源有限公司', { uscc: code(2), validUntil: '2026-11-22' }),
    row('c', '云汀市栎川人才服务有限公司', { uscc: code(3), scope: '职业中介活动；职业指导', number: '粤人服证字2024第9900000003号' }),
    row('d', '云汀市越枫职业指导有限公司', { uscc: code(4), form: 'filing', scope: '职业指导', validUntil: null }),
    row('e', '云汀市启澜人力资源有限公司', { uscc: code(5), validUntil: '2026-11-23' }),
    row('f', '云汀市恒岑人力资源有限公司', { scope: '职业中介活动（不含开展网络招聘服务）' }),
  ];
  const match = matcher(rows);

  it.each([
    [{ subjectName: '云汀市鹿溪人力资源服务有限公司', uscc: code(1) }, 'licensed', 'uscc'],
    [{ subjectName: '云汀鹿溪人力资源服务有限责任公司' }, 'licensed', 'name'],
    [{ subjectName: '鹿溪人力资源服务有限公司' }, 'licensed', 'near-name'],
    [{ subjectName: '云汀市鹿溪人力资源服务有限公司北屿分公司' }, 'licensed', 'name'],
    [{ subjectName: '云汀市澄禾人力资源有限公司' }, 'expired', 'name'],
    [{ subjectName: '云汀市启澜人力资源有限公司' }, 'licensed', 'name'],
    [{ subjectName: '云汀市栎川人才服务有限公司' }, 'scope_excludes_online', 'name'],
    [{ subjectName: '云汀市恒岑人力资源有限公司' }, 'scope_excludes_online', 'name'],
    [{ subjectName: '云汀市越枫职业指导有限公司' }, 'filed_only', 'name'],
    [{ subjectName: '云汀市沐泊劳务有限公司', licenceNo: '（粤）人服证字[2024]第9900000001号' }, 'other_entity', 'number'],
    [{ subjectName: '云汀市沐泊劳务有限公司', uscc: code(9) }, 'not_found', null],
    [{ subjectName: '云汀市鹿泽人力资源服务有限公司' }, 'not_found', null],
    [{ name: '云汀招工快线' }, 'cannot_tell', null],
    [{ name: '云汀招工快线', subjectType: 'individual' as const }, 'not_found', null],
    [{ subjectName: '云汀市鹿溪人力资源服物有限公司' }, 'cannot_tell', 'near-name'],
  ])('%j → %s by %s', (account, verdict, by) => {
    const found = match.match(account);
    expect(found).toMatchObject({ verdict, by, list: LIST });
    expect(found.sentence).toContain('《云汀市名录》（2026-11-01）');
    expect(`${found.sentence}${found.reasons.join('')}`).not.toMatch(/无证|违法/);
  });

  it('says in its sentence that the list does not show the name, and which name comes near', () => {
    const found = match.match({ subjectName: '云汀市鹿泽人力资源服务有限公司' });
    expect(found.sentence).toBe('在《云汀市名录》（2026-11-01）中未查到“云汀市鹿泽人力资源服务有限公司”');
    expect(found.reasons.join()).toContain('鹿溪');
  });

  it('keeps apart parties of one name with different valid codes', () => {
    const found = match.match({ subjectName: '云汀市鹿溪人力资源服务有限公司', uscc: code(77) });
    expect(found).toMatchObject({ verdict: 'not_found', licence: null });
    expect(found.reasons.join()).toContain('统一社会信用代码不同');
  });

  it('does not use a code that fails its check, and says so', () => {
    const found = match.match({ subjectName: '云汀市鹿溪人力资源服务有限公司', uscc: '91990100000000001Z' });
    expect(found.verdict).toBe('licensed');
    expect(found.reasons.join()).toContain('未用于比对');
  });

  it('sees a code used under quite another name', () => {
    expect(match.match({ subjectName: '霁州市泓岚餐饮店', uscc: code(1) })).toMatchObject({ verdict: 'other_entity', by: 'uscc' });
  });

  it('lets the best of several rows of one party speak', () => {
    const renewed = matcher([
      row('old', '云汀市晟舟人力资源有限公司', { validUntil: '2025-01-01' }),
      row('new', '云汀市晟舟人力资源有限公司', { validUntil: '2030-01-01' }),
    ]);
    expect(renewed.match({ subjectName: '云汀市晟舟人力资源有限公司' })).toMatchObject({ verdict: 'licensed', licence: { id: 'new' } });
  });

  it('cannot tell which of two near parties is meant', () => {
    const two = matcher([row('1', '深圳市晟舟人力资源有限公司'), row('2', '杭州市晟舟人力资源有限公司')]);
    expect(two.match({ subjectName: '晟舟人力资源有限公司' })).toMatchObject({ verdict: 'cannot_tell' });
    expect(two.match({ subjectName: '杭州晟舟人力资源有限公司' })).toMatchObject({ verdict: 'licensed', licence: { id: '2' } });
  });

  it('never concludes from the form of a number', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (licenceNo) => {
        const known = new Set(rows.flatMap((r) => (r.number ? [numberKey(r.number)] : [])));
        fc.pre(!known.has(numberKey(licenceNo)));
        expect(match.match({ subjectName: '云汀市鹿溪人力资源服务有限公司', licenceNo }).verdict).toBe('licensed');
        expect(match.match({ subjectName: '云汀市沐泊劳务有限公司', licenceNo }).verdict).toBe('not_found');
      }),
    );
  });

  it('says that no list was imported', () => {
    expect(noList()).toMatchObject({ verdict: 'cannot_tell', list: null });
  });

  it('finds each of many listed names through noise and none of the unlisted', () => {
    const first = [...'鹿澄栎越启沐恒嘉禾景瑞云宸翊凌骏'];
    const second = [...'溪川枫澜岑泊屿汀朔湫岫沂漪彦堃珩'];
    const all = first.flatMap((a) => second.flatMap((b) => ['深圳市', '杭州市', '成都市'].map((city) => `${city}${a}${b}人力资源服务有限公司`)));
    const listed = all.filter((_, i) => i % 2 === 0);
    const many = matcher(listed.map((name, i) => row(String(i), name)));
    const noisy = [
      (n: string) => n.replace('市', ''),
      (n: string) => n.replace('有限公司', '有限责任公司'),
      (n: string) => `${n.slice(0, 5)} ${n.slice(5)}`,
      (n: string) => `${n}福田分公司`,
    ];
    for (const [i, name] of all.entries()) {
      const found = many.match({ subjectName: (noisy[i % 4] as (n: string) => string)(name) });
      expect([name, found.licence?.name ?? null]).toEqual([name, i % 2 === 0 ? name : null]);
    }
  });
});

describe('business register', () => {
  const rows = [
    { name: '云汀市鹿溪科技有限公司', uscc: code(11), status: '存续（在营、开业、在册）' },
    { name: '云汀市澄禾商贸有限公司', uscc: code(12), status: '注销' },
    { name: '云汀市栎川实业有限公司', uscc: null, status: '吊销，未注销' },
  ];
  const complete = createCompanyRegistry({ label: '云汀市登记', publishedOn: '2026-11-01', complete: true }, rows);
  const partial = createCompanyRegistry({ label: '云汀市登记', publishedOn: '2026-11-01', complete: false }, rows);

  it.each([
    ['云汀市鹿溪科技有限公司', 'registered', 'registered'],
    ['云汀市澄禾商贸有限责任公司', 'struck_off', 'struck_off'],
    ['云汀市栎川实业有限公司', 'revoked', 'revoked'],
    ['云汀市无此商贸有限公司', 'not_found', 'cannot_tell'],
  ])('%s is %s in a complete extract, %s in part of one', (name, whole, part) => {
    expect(complete.lookUp({ name }).standing).toBe(whole);
    expect(partial.lookUp({ name }).standing).toBe(part);
    expect(complete.lookUp({ name }).sentence).toContain('2026-11-01');
  });

  it('goes by the code before the name', () => {
    expect(complete.lookUp({ name: '云汀市鹿溪科技有限公司', uscc: code(12) }).standing).toBe('struck_off');
  });
});

describe('account type', () => {
  it.each([
    [{ subjectName: '云汀市鹿溪人力资源服务有限公司', subjectType: 'employer' as const }, 'agency', '人力资源'],
    [{ subjectName: '云汀市浣溪区公共就业服务中心' }, 'public', '公共就业'],
    [{ subjectName: '云汀市人力资源和社会保障局' }, 'public', '人力资源和社会保障'],
    [{ subjectName: '云汀市鹿溪实业有限公司' }, 'employer', '未见人力资源'],
    [{ subjectName: '云汀市鹿溪实业有限公司', category: '经营性人力资源服务机构' }, 'agency', '类别'],
    [{ subjectName: '王**' }, 'individual', '人名'],
    [{ subjectName: '', subjectType: 'individual' as const }, 'individual', '个人'],
    [{ name: '云汀代招快线' }, 'agency', '代招'],
    [{ name: '云汀晚报' }, 'unknown', '不足以判断'],
  ])('%j is %s', (account, type, words) => {
    const found = typeAccount(account);
    expect(found.type).toBe(type);
    expect(found.reason).toContain(words);
  });
});
