/**
 * What is kept of a post and of the account behind it: the fields of the shape, and further ones that a reader declares
 * by name. All else that a page, a push or a file says (portraits, followers, who commented, birthdays, coordinates) ends
 * where it is read and stands in the sealed bytes alone: personal data that nothing needs is not gathered.
 */
import { type AccountInput, accountInputSchema, type PostInput, postInputSchema } from './post.ts';

/** Names of fields beyond those of the shape. */
export interface KeptFields {
  readonly account: readonly string[];
  readonly post: readonly string[];
}

const OF_ACCOUNT: ReadonlySet<string> = new Set(Object.keys(accountInputSchema.shape));
const OF_POST: ReadonlySet<string> = new Set([...Object.keys(postInputSchema.shape), 'textCut']);

const MAX_WORDS = 5_000;
const MAX_ITEMS = 200;

/** A further field is a word, a number, a mark or a list of words: an object inside it could carry what nobody declared. */
function plain(value: unknown): unknown {
  if (typeof value === 'string') return value.slice(0, MAX_WORDS);
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return value;
  if (!Array.isArray(value)) return undefined;
  const words = (value as readonly unknown[]).filter((v) => typeof v === 'string').slice(0, MAX_ITEMS);
  return words.length > 0 ? words.map((w) => w.slice(0, MAX_WORDS)) : undefined;
}

function only(fields: Readonly<Record<string, unknown>>, shape: ReadonlySet<string>, declared: ReadonlySet<string>): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    const kept = shape.has(name) ? value : declared.has(name) ? plain(value) : undefined;
    if (kept !== undefined) out[name] = kept;
  }
  return out;
}

/** Cuts posts and accounts down to what is declared. */
export interface Keeper {
  post(post: PostInput): PostInput;
  account(account: AccountInput): AccountInput;
}

/** @param declared fields beyond those of the shape */
export function keeper(declared: KeptFields): Keeper {
  const [ofAccount, ofPost] = [new Set(declared.account), new Set(declared.post)];
  const account = (given: AccountInput): AccountInput => only(given, OF_ACCOUNT, ofAccount);
  return {
    account,
    post: (given) => {
      const post = only(given, OF_POST, ofPost);
      return given.account ? { ...post, account: account(given.account) } : post;
    },
  };
}
