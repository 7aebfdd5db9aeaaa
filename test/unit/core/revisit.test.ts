/** The plan of looking again, over a month of a moved clock, and who is said to have taken a post down. */
import { describe, expect, it } from 'vitest';
import { firstLook, goneBy, goneState, nextLook } from '../../../core/model/revisit.ts';

const since = new Date('2026-03-02T02:00:00Z');
const day = (n: number): Date => new Date(since.getTime() + n * 86_400_000);
const flagged = { reason: 'flagged' as const, since, tries: 0 };

describe('when a flagged post is looked at again', () => {
  it('after 1, 3, 7 and 30 days, and then no more', () => {
    const looks = [firstLook(since)];
    for (let next = nextLook(flagged, true, looks[0] as Date).nextAt; next; next = nextLook(flagged, true, next).nextAt) looks.push(next);
    expect(looks).toEqual([day(1), day(3), day(7), day(30)]);
  });
  it('keeps the days however late a look was, and one look stands for all that were due', () => {
    expect(nextLook(flagged, true, day(1.4)).nextAt).toEqual(day(3));
    expect(nextLook(flagged, true, day(8)).nextAt).toEqual(day(30));
    expect(nextLook(flagged, true, day(45)).nextAt).toBeNull();
  });
  it('tries again a day later when nothing was seen, and gives up after a week', () => {
    expect(nextLook(flagged, false, day(3))).toEqual({ nextAt: day(4), tries: 1 });
    expect(nextLook({ ...flagged, tries: 5 }, false, day(8))).toEqual({ nextAt: day(9), tries: 6 });
    expect(nextLook({ ...flagged, tries: 6 }, false, day(9)).nextAt).toBeNull();
    expect(nextLook({ ...flagged, tries: 6 }, true, day(9))).toEqual({ nextAt: day(30), tries: 0 });
  });
  it('looks once at a post that left its list', () => {
    const unlisted = { reason: 'unlisted' as const, since, tries: 0 };
    expect(nextLook(unlisted, true, since).nextAt).toBeNull();
    expect(nextLook(unlisted, false, since).nextAt).toEqual(day(1));
    expect(nextLook({ ...unlisted, tries: 2 }, false, day(2)).nextAt).toBeNull();
  });
});

describe('what became of a post', () => {
  const look = (
    outcome: 'deleted' | 'removed_by_platform' | 'expired' | 'unavailable' | 'captcha' | 'ok',
    status: 'ok' | 'unavailable' | null,
    reason: string | null = null,
  ) => goneState({ outcome, reason, parsed: status && { status } });
  it('is told by the page, never by a wall or a server in trouble', () => {
    expect(look('deleted', null, 'HTTP 404')).toBe('deleted');
    expect(look('removed_by_platform', null)).toBe('removed_by_platform');
    expect(look('unavailable', 'unavailable', '该内容暂时无法查看')).toBe('unavailable');
    expect(look('unavailable', null, 'HTTP 502')).toBeNull();
    expect(look('unavailable', 'unavailable', '系统繁忙')).toBeNull();
    expect(look('captcha', null)).toBeNull();
    expect(look('ok', 'ok')).toBeNull();
  });
  it('says by whom only where the page does', () => {
    expect(goneBy('removed_by_platform', '此内容因违规无法查看')).toBe('platform');
    expect(goneBy('deleted', '该内容已被发布者删除')).toBe('author');
    expect(goneBy('deleted', 'HTTP 404')).toBe('unknown');
    expect(goneBy('expired', '职位已结束')).toBe('expired');
    expect(goneBy('unavailable', null)).toBe('unknown');
  });
});
