/**
 * What an account is stored under. Some platforms give one account two numbers and show now one, now the other: it is
 * stored under the one that stands on every page, and known by the other.
 */
import type { AccountInput } from './post.ts';

/** The field with the number that every page and interface shows, by platform: 抖音's `sec_uid`, 快手's `eid`. */
const STABLE: Readonly<Record<string, string>> = { douyin: 'secUid', kuaishou: 'eid' };

/** Longer ones are nobody's number, and no index takes them. */
const LONGEST = 500;

export interface AccountIdentity {
  readonly id: string;
  /** Another number of the same account, under which an earlier page may have brought it. */
  readonly other: string | null;
  /** Whether only the lesser number is known, so that the account may stand under another one. */
  readonly lesser: boolean;
}

/** The identity of an account as a page shows it; one that says nothing of itself is `unknown`. */
export function identityOf(platform: string, input: AccountInput): AccountIdentity {
  const field = STABLE[platform];
  const told = field === undefined ? undefined : input[field];
  const stable = typeof told === 'string' && told !== '' ? told.slice(0, LONGEST) : undefined;
  const id = stable ?? (input.id || input.alias || input.name || 'unknown').slice(0, LONGEST);
  const other = stable !== undefined && input.id && input.id !== stable ? input.id.slice(0, LONGEST) : null;
  return { id, other, lesser: field !== undefined && stable === undefined && input.id !== undefined };
}
