/** Looking again: what one probe reads, and when two settle it. */
import { describe, expect, it } from 'vitest';
import { judge, readProbe, type Sight } from '../../../cases/verify/judge.ts';
import { OUTCOMES } from '../../../core/model/capture.ts';
import { MEASURES, type Verdict } from '../../../core/model/case.ts';

const page = (over: Partial<Sight> = {}): Sight => ({
  target: 'account',
  url: 'http://board.test/a/1',
  outcome: 'ok',
  status: 'ok',
  livePosts: [],
  sameText: null,
  ...over,
});
const post = (over: Partial<Sight> = {}): Sight => page({ target: 'post', url: 'http://board.test/p/1', sameText: true, ...over });

describe('one probe', () => {
  it('reads a suspended account and removed posts as off', () => {
    expect(readProbe('suspend_service', ['p1'], [page({ status: 'removed_by_platform' }), post({ outcome: 'deleted', status: null })]).verdict).toBe(
      'confirmed_off',
    );
    expect(readProbe('suspend_service', ['p1'], [page({ status: 'empty_state' })]).verdict).toBe('confirmed_off');
  });

  it('reads any recruitment post as live under a whole-account measure, only the flagged ones otherwise', () => {
    const other = page({ livePosts: ['p2'] });
    expect(readProbe('suspend_service', ['p1'], [other]).verdict).toBe('still_live');
    expect(readProbe('delete_post', ['p1'], [other, post({ status: 'deleted' })]).verdict).toBe('confirmed_off');
    expect(readProbe('delete_post', ['p1'], [page({ livePosts: ['p1'] })]).verdict).toBe('still_live');
  });

  it('tells rewritten posts from removed ones', () => {
    expect(readProbe('delete_post', ['p1'], [page(), post({ sameText: false })]).verdict).toBe('changed');
  });

  it('never reads success from a page that could not be read', () => {
    const good = new Set(['ok', 'unchanged', 'deleted', 'removed_by_platform', 'expired', 'empty_state']);
    for (const outcome of OUTCOMES.filter((o) => !good.has(o))) {
      for (const measure of MEASURES) {
        const reading = readProbe(measure, ['p1'], [page({ outcome, status: null }), post({ status: 'deleted' })]);
        expect(['unreachable', 'inconclusive'], `${outcome} ${measure}`).toContain(reading.verdict);
      }
    }
    expect(readProbe('warn', [], []).verdict).toBe('inconclusive');
    expect(readProbe('warn', [], [page({ status: 'login_wall' })]).verdict).toBe('unreachable');
  });
});

describe('a row of probes', () => {
  const cases: [Verdict[], Verdict, boolean][] = [
    [[], 'inconclusive', false],
    [['confirmed_off'], 'confirmed_off', false],
    [['confirmed_off', 'confirmed_off'], 'confirmed_off', true],
    [['still_live', 'confirmed_off'], 'confirmed_off', false],
    [['confirmed_off', 'still_live'], 'still_live', false],
    [['still_live', 'still_live'], 'still_live', true],
    [['still_live', 'changed'], 'still_live', true],
    [['changed', 'changed'], 'changed', true],
    [['confirmed_off', 'unreachable'], 'unreachable', false],
    [['unreachable', 'unreachable', 'unreachable', 'unreachable', 'unreachable', 'unreachable'], 'unreachable', true],
    [['confirmed_off', 'unreachable', 'confirmed_off', 'unreachable', 'unreachable', 'confirmed_off'], 'inconclusive', true],
  ];
  it.each(cases)('%j → %s, final %s', (verdicts, verdict, final) => {
    expect(judge(verdicts)).toMatchObject({ verdict, final });
  });
});
