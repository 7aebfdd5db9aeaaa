/**
 * Judges whether a platform did what it was told, from looking again. One probe reads one verdict; a final verdict
 * needs at least two probes in a row that agree. Being kept out is never success: `unreachable` and `inconclusive`
 * lead to another probe and in the end back to a person.
 */
import { type Outcome, type ParseStatus, WALLS } from '../../core/model/capture.ts';
import type { Measure, Verdict } from '../../core/model/case.ts';

/** One address looked at in a probe: the account's page, or the page of a post the notice is about. */
export interface Sight {
  readonly target: 'account' | 'post';
  readonly url: string;
  readonly outcome: Outcome;
  /** What the adapter read; null when there was nothing to read. */
  readonly status: ParseStatus | null;
  /** External ids of the posts the page shows as live. */
  readonly livePosts: readonly string[];
  /** For a post's own page: whether its words are still those that were captured; null when unknown. */
  readonly sameText: boolean | null;
}
export interface Reading {
  readonly verdict: Verdict;
  /** One sentence in Chinese, stored with the probe. */
  readonly detail: string;
}
export interface Judgement extends Reading {
  /** Whether this settles the matter; otherwise look again. */
  readonly final: boolean;
}

/** After so many probes without two that agree, a person decides. */
export const MAX_PROBES = 6;
const AGREE = 2;

const GONE: ReadonlySet<string> = new Set(['deleted', 'removed_by_platform', 'expired']);
const UNREACHED: ReadonlySet<Outcome> = new Set([...WALLS, 'network', 'timeout', 'refused_address', 'too_large']);
/** Measures that take the whole account off recruitment; the others are about single posts. */
const WHOLE_ACCOUNT: ReadonlySet<Measure> = new Set(['suspend_service', 'terminate_service', 'restrict_function']);

type Seen = 'gone' | 'live' | 'changed' | 'unreached' | 'unclear';

function see(sight: Sight, flagged: ReadonlySet<string>, whole: boolean): Seen {
  if (UNREACHED.has(sight.outcome)) return 'unreached';
  const status = sight.status ?? sight.outcome;
  if (status === 'login_wall' || status === 'captcha') return 'unreached';
  if (GONE.has(status)) return 'gone';
  if (sight.target === 'account') {
    if (status === 'empty_state') return 'gone';
    if (status !== 'ok' && status !== 'unchanged') return 'unclear';
    const shown = sight.livePosts.filter((id) => whole || flagged.has(id));
    return shown.length > 0 ? 'live' : 'gone';
  }
  if (status !== 'ok' && status !== 'unchanged') return 'unclear';
  return sight.sameText === false ? 'changed' : 'live';
}

/**
 * Reads one probe.
 * @param measure what the platform was told to do
 * @param flagged external ids of the posts the notice is about
 * @param sights every address looked at; an empty list is inconclusive
 */
export function readProbe(measure: Measure, flagged: readonly string[], sights: readonly Sight[]): Reading {
  const ids = new Set(flagged);
  const whole = WHOLE_ACCOUNT.has(measure);
  const seen = sights.map((s) => see(s, ids, whole));
  const count = (what: Seen): number => seen.filter((s) => s === what).length;
  if (count('live') > 0) return { verdict: 'still_live', detail: `${sights.length} 个页面中 ${count('live')} 个仍可看到招聘信息` };
  if (count('changed') > 0) return { verdict: 'changed', detail: `${count('changed')} 个页面仍在，内容已改动` };
  if (count('unreached') > 0) return { verdict: 'unreachable', detail: `${count('unreached')} 个页面未能访问，不视为已处置` };
  if (sights.length === 0 || count('unclear') > 0) return { verdict: 'inconclusive', detail: '页面无法判读' };
  return { verdict: 'confirmed_off', detail: `${sights.length} 个页面均已看不到相关招聘信息` };
}

/**
 * Judges a row of probes, oldest first.
 * Two in a row that agree on `confirmed_off`, or that both still see something, settle it.
 */
export function judge(verdicts: readonly Verdict[]): Judgement {
  const last = verdicts.slice(-AGREE);
  const all = (...wanted: Verdict[]): boolean => last.length === AGREE && last.every((v) => wanted.includes(v));
  const times = verdicts.length;
  if (all('confirmed_off')) return { verdict: 'confirmed_off', final: true, detail: `连续 ${AGREE} 次回访均已看不到` };
  if (all('still_live', 'changed')) {
    const verdict = last.includes('still_live') ? 'still_live' : 'changed';
    return { verdict, final: true, detail: verdict === 'still_live' ? `连续 ${AGREE} 次回访仍可看到` : `连续 ${AGREE} 次回访内容已改动但仍在` };
  }
  const latest = verdicts.at(-1) ?? 'inconclusive';
  if (times < MAX_PROBES) return { verdict: latest, final: false, detail: `第 ${times} 次回访，尚不足以认定` };
  // Never a success without two agreeing probes: a single "off" among walls stays inconclusive.
  const verdict = latest === 'unreachable' ? 'unreachable' : 'inconclusive';
  return { verdict, final: true, detail: `${times} 次回访仍无法认定，需人工核验` };
}
