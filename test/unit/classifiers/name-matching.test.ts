/** Name matching on generated companies: found through noise, and companies as near as real ones come left alone. */
import { describe, expect, it } from 'vitest';
import { confusion } from '../../../classifiers/licence/look-alikes.ts';
import { compareNames } from '../../../classifiers/licence/name-likeness.ts';
import { readName } from '../../../classifiers/licence/names.ts';
import { company, describeNames, measureNames, seeded, written } from '../../support/name-noise.ts';

const FIRST = [...'鹿澄栎越启沐恒嘉禾景瑞云宸翊凌骏朗穗拓晟苇槿浔泓屹芷砺蔚颂逸鑫宏佳盛源腾联诚丰博'];
const SECOND = [...'溪禾川枫澜岑泊屿汀朔湫岫沂和漪彦堃珩壑弥航安阡樾庐岚舟斐弦垚达隆泰伟兴通美易锦汇'];
const THIRD = [...'优捷源信华联邦特尔顿'];

describe('name matching', () => {
  it.each([1, 2])('finds listed names however written and no unlisted ones (seed %i)', (seed) => {
    const random = seeded(seed);
    const brands = FIRST.flatMap((a) => SECOND.flatMap((b) => [a + b, ...(random(3) === 0 ? [a + b + THIRD[random(THIRD.length)]] : [])]));
    const listed = Array.from({ length: 6_000 }, () => company(brands[random(brands.length)] as string, random));
    const asked = listed.slice(0, 220);
    const report = measureNames({ listed: listed.map(written), asked, unlisted: [], brands, seed });
    const told = describeNames(report);
    expect(report.precision, told).toBeGreaterThanOrEqual(0.99);
    expect(report.recall, told).toBeGreaterThanOrEqual(0.95);
    expect(report.decidedPrecision, told).toBeGreaterThanOrEqual(0.998);
    // Every match says why.
    expect([...report.noises, ...report.distractors].map((l) => l.unexplained)).toEqual([...report.noises, ...report.distractors].map(() => 0));
  });

  it.each([
    ['鹿溪精密机械（上海）有限公司', '上海鹿溪精密机械有限公司'],
    ['鹿溪精密机械上海有限公司', '上海鹿溪精密机械有限公司'],
    ['上海鹿溪精密機械有限公司', '上海鹿溪精密机械有限公司'],
    ['上海鹿溪精密机械有眼公司', '上海鹿溪精密机械有限公司'],
    ['上海鹿溪精密机械有限公司浦东分公司第二营业部', '上海鹿溪精密机械有限公司'],
    ['上海鹿溪精密机械有限公司广州分公司白云营业部', '上海鹿溪精密机械有限公司广州市分公司'],
  ])('%s is %s', (a, b) => {
    expect(compareNames(readName(a), readName(b))).toMatchObject({ same: true });
  });

  it.each([
    ['上海鹿溪精密鸡械有限公司', '上海鹿溪精密机械有限公司', '读音相同'],
    ['上海鹿溪精密机城有限公司', '上海鹿溪精密机域有限公司', '字形相近'],
    ['上海鹿溪精密密机械有限公司', '上海鹿溪精密机械有限公司', '重复'],
    ['上海鹿溪精密械机有限公司', '上海鹿溪精密机械有限公司', '颠倒'],
    ['上海鹿溪网络科有限公司', '上海鹿溪网络科技有限公司', '少写'],
  ])('%s may be %s: people must look', (a, b, why) => {
    const like = compareNames(readName(a), readName(b));
    expect(like).toMatchObject({ same: false, doubtful: true });
    expect(like.reasons.join()).toContain(why);
  });

  it('takes a misprint in a trade name of two characters for what may be a namesake', () => {
    expect(compareNames(readName('上海宏达科技有限公司'), readName('上海鸿达科技有限公司'))).toMatchObject({ same: false, doubtful: true, rival: true });
    expect(confusion('宏', '鸿')).toContain('读音');
    expect(confusion('宏', '山')).toBeNull();
  });

  it.each([
    ['广东鹿溪科技有限公司', '深圳市鹿溪科技有限公司'],
    ['上海鹿溪信息技术有限公司', '上海鹿溪信息科技有限公司'],
    ['上海鹿溪科技有限公司', '上海鹿溪网络科技有限公司'],
    ['上海鹿溪集团有限公司', '上海鹿溪科技有限公司'],
    ['上海新鹿溪科技有限公司', '上海鹿溪科技有限公司'],
  ])('%s is not %s', (a, b) => {
    expect(compareNames(readName(a), readName(b))).toMatchObject({ same: false, doubtful: false });
  });
});
