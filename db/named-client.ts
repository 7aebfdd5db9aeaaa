/**
 * A connection that names the statements it sends again and again, so that PostgreSQL parses and plans each once a
 * connection: a third of the database's work on a night of crawling. drizzle builds the same text for the same query,
 * so a text is all there is to know a statement by.
 */
import pg from 'pg';

/** Sent this often before it gets a name: a text made for one list of values never comes again. */
const OFTEN = 5;
/** A prepared statement costs its connection some ten kilobytes. */
const MOST_NAMES = 200;
const MOST_COUNTED = 2_000;
const LONGEST_TEXT = 20_000;
/**
 * A statement over a list is planned each time: a plan that was kept from when tables were empty, or from a short list,
 * is wrong by orders of magnitude later on, and what planning costs is shared by the rows of the list.
 */
const OVER_A_LIST = /\b(unnest|json_to_recordset|jsonb_to_recordset)\(/i;

const names = new Map<string, string>();
const seen = new Map<string, number>();

/** The name a text goes by, the same on all connections of the process; undefined while it has none. */
function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= MOST_NAMES || text.length > LONGEST_TEXT || OVER_A_LIST.test(text)) return known;
  const times = (seen.get(text) ?? 0) + 1;
  if (times < OFTEN) {
    if (seen.size >= MOST_COUNTED) seen.clear();
    seen.set(text, times);
    return undefined;
  }
  seen.delete(text);
  const name = `pincha_${names.size + 1}`;
  names.set(text, name);
  return name;
}

const isStatement = (first: unknown): first is { readonly text: string; readonly name?: string } =>
  first !== null && typeof first === 'object' && 'text' in first && typeof first.text === 'string';

export class NamedClient extends pg.Client {
  // `never` fits every overload of the original, whose answer is handed on as it is.
  override query(...args: unknown[]): never {
    const [first, values] = args;
    const named = isStatement(first) && first.name === undefined && Array.isArray(values) && values.length > 0 ? nameOf(first.text) : undefined;
    const sent = named === undefined ? args : [{ ...(first as object), name: named }, ...args.slice(1)];
    return (super.query as (...sent: unknown[]) => never)(...sent);
  }
}
