/** How far sealed evidence is vouched for, by the authority's key and by a clock of others: a closed set, shown wherever evidence is. */

/** The best first. */
export const SEAL_STATES = ['signed+timestamped', 'signed', 'unsigned'] as const;
export type SealState = (typeof SEAL_STATES)[number];
export const SEAL_STATE_ZH: Readonly<Record<SealState, string>> = {
  'signed+timestamped': '已签名并加盖时间戳',
  signed: '已签名，未加盖时间戳',
  unsigned: '未签名',
};

/** The weakest speaks for all; none at all is vouched for by nobody. */
export const weakestSeal = (states: readonly SealState[]): SealState => [...SEAL_STATES].reverse().find((state) => states.includes(state)) ?? 'unsigned';

/** How far a root is vouched for. A time-stamp alone says when, not who: that is still unsigned. */
export function sealState(kinds: readonly ('signature' | 'timestamp')[]): SealState {
  if (!kinds.includes('signature')) return 'unsigned';
  return kinds.includes('timestamp') ? 'signed+timestamped' : 'signed';
}
