/** Numbers of 微博 statuses: both forms of one number, and the year that a written time leaves out. */
import { describe, expect, it } from 'vitest';
import { midOf, statusTime, timeOfMid } from '../../../crawlers/platforms/weibo/ids.ts';

describe('numbers of statuses', () => {
  it.each([
    ['HyTZc60ew', '4383183661430868'],
    ['J74OAhxtL', '4516868084180273'],
    ['4383183661430868', undefined],
    ['zz', undefined],
    ['HyTZc60e!', undefined],
    [undefined, undefined],
  ])('%s is %s', (bid, mid) => {
    expect(midOf(bid)).toBe(mid);
  });

  it('holds the second in which it was given out', () => {
    expect(timeOfMid('4383411844046171')?.toISOString()).toBe('2019-06-15T03:44:46.000Z');
    expect(timeOfMid('12')).toBeNull();
    expect(timeOfMid(undefined)).toBeNull();
  });

  it.each([
    ['06-14', '4383183661430868', null, '2019-06-14'],
    ['06月17日 18:12 来自绿洲APP', '4516868084180273', null, '2020-06-17T18:12:00+08:00'],
    ['5分钟前', '4383411844046171', null, '2019-06-15T11:44:46+08:00'],
    ['5分钟前', '4383411844046171', new Date('2019-06-15T03:50:00Z'), '2019-06-15T11:39:46+08:00'],
    ['Sat Jun 15 11:44:46 +0800 2019', '4383411844046171', null, '2019-06-15T11:44:46+08:00'],
    ['06-14', undefined, new Date('2026-06-20T00:00:00Z'), '2026-06-14'],
    ['06-14', undefined, null, undefined],
    [undefined, '4383411844046171', null, undefined],
  ])('%s beside %s is %s, %s', (written, mid, fetchedAt, expected) => {
    expect(statusTime(written, mid, fetchedAt)).toBe(expected);
  });
});
