/**
 * Whether a banned party (异常名录) is back under another name: the same subject, the same way to reach it, the same
 * codes or pictures, or the same texts. Who shares what is looked up in the store, so the list may be of any length;
 * here it is weighed and told, each shared thing with its masked label, so that a person can check it against the evidence.
 */
import { THING_ZH } from '../../core/model/network.ts';
import { MUCH_COPIED, type SharedThing, textWeight, thingWeight } from './link.ts';

export interface BannedParty {
  /** Our account id of the banned account. */
  readonly id: string;
  readonly name: string;
  /** YYYY-MM-DD. */
  readonly bannedOn?: string | null;
}

export interface SharedWithBanned {
  readonly party: BannedParty;
  readonly by: 'name' | 'contact' | 'picture' | 'text';
  /** In Chinese, masked: `电话 138****1111`, `3 篇文本相同或相近`. */
  readonly what: string;
  /** How much it alone says, 0-1. */
  readonly weight: number;
}

/** A thing shared with a banned account, as the store tells it; `ownA` is the account that is looked at. */
export interface BannedShare extends SharedThing {
  readonly party: BannedParty;
  readonly label: string;
  /** Text groups the banned account took part in. */
  readonly texts: number;
}

const BY: Readonly<Record<string, SharedWithBanned['by']>> = { uscc: 'name', subject: 'name', picture: 'picture', qr: 'contact' };
/** Below this a shared thing is not worth telling. */
const LEAST = 0.05;

/**
 * What an account shares with each banned party.
 * @param texts text groups of the account itself
 */
export function weighBanned(shares: readonly BannedShare[], texts: number): SharedWithBanned[] {
  const parties = new Map<string, BannedShare[]>();
  for (const share of shares) parties.set(share.party.id, [...(parties.get(share.party.id) ?? []), share]);
  return [...parties.values()].flatMap((shared) => {
    const { party, texts: theirs } = shared[0] as BannedShare;
    const copied = shared.filter((share) => share.kind === 'text');
    const told = textWeight(copied, Math.min(texts, theirs));
    const things = shared
      .filter((share) => share.kind !== 'text')
      .map((share) => (told >= MUCH_COPIED ? { ...share, ownA: true, ownB: true } : share))
      .map((share): SharedWithBanned => {
        const what = share.kind === 'subject' ? '认证主体名称' : `${THING_ZH[share.kind]} ${share.label}`;
        return { party, by: BY[share.kind] ?? 'contact', what, weight: thingWeight(share) };
      });
    const text: SharedWithBanned = { party, by: 'text', what: `${copied.length} 篇文本相同或相近`, weight: told };
    return [...things, ...(copied.length > 0 ? [text] : [])].filter((one) => one.weight >= LEAST);
  });
}
