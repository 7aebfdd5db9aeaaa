/**
 * Whom the product flagged, beside whom the sandbox knows to be wrong: read through the API as a reviewer, compared
 * account by account with the truth of the demo's world. It says whether the whole works, not how well it detects.
 */

import type { AccountView, QueueRow } from '../../core/model/api.ts';
import { accountPage, queuePage } from '../../core/model/api.ts';
import { CASE_LEVELS, type FindingKind, TAXONOMY } from '../../core/model/taxonomy.ts';
import { generateWorld } from '../../sandbox/generate.ts';
import { loadTexts } from '../../sandbox/texts/load.ts';
import { truthOf } from '../../sandbox/truth.ts';
import type { Person } from './desk-person.ts';

/** The demo's own seed. */
const SEED = 2026;
const LICENCE_KINDS: ReadonlySet<FindingKind> = new Set(['unlicensed-intermediary', 'unfiled-service', 'unlicensed-dispatch', 'licence-mismatch']);
const LICENSED: ReadonlySet<string> = new Set(['agency', 'filed-service', 'public']);

async function all<T>(person: Person, address: string, schema: { parse: (value: unknown) => { items: T[]; nextCursor: string | null } }): Promise<T[]> {
  const out: T[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const answer = await person.context.request.get(`${address}?limit=200${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
    const page = schema.parse(await answer.json());
    out.push(...page.items);
    cursor = page.nextCursor;
  }
  return out;
}

/** All cases and accounts a reviewer can see. */
export async function everything(person: Person, url: string): Promise<{ cases: QueueRow[]; accounts: AccountView[] }> {
  return { cases: await all(person, `${url}/api/v1/queue`, queuePage), accounts: await all(person, `${url}/api/v1/accounts`, accountPage) };
}

export interface Compared {
  /** Of the visible accounts that are wrong as accounts, how many have a case. */
  readonly recall: number;
  /** Licensed, filed or public bodies flagged for a licence: name and kinds. */
  readonly licensedButFlagged: readonly string[];
  /** Accounts with nothing wrong, neither they nor their posts, that have a case nevertheless. */
  readonly cleanFlagged: readonly string[];
  /** Accounts behind a wall or not there yet that have a case: they cannot have been seen. */
  readonly walledOrHiddenSeen: readonly string[];
  readonly words: string;
}

const opensCase = (kind: FindingKind): boolean => CASE_LEVELS.has(TAXONOMY[kind].level);

/** Compares what was flagged with the truth. */
export function compareWithTruth(cases: readonly QueueRow[], accounts: readonly AccountView[]): Compared {
  const truth = truthOf(generateWorld({ seed: SEED, texts: loadTexts() }));
  const key = (platform: string, id: string): string => `${platform}/${id}`;
  const caseOf = new Map<string, QueueRow>();
  const idOf = new Map(accounts.map((a) => [a.id, key(a.platform, a.externalId)]));
  for (const row of cases) caseOf.set(idOf.get(row.account.id) ?? '', row);
  const wrongPosts = new Set(truth.posts.filter((p) => p.truth.some((t) => !t.exempt && opensCase(t.kind))).map((p) => key(p.platform, p.account)));
  const rows = truth.accounts.map((a) => {
    const at = key(a.platform, a.externalId);
    const found = caseOf.get(at) ?? null;
    const kinds = a.kinds.filter(opensCase);
    return { ...a, kinds, found, inPosts: wrongPosts.has(at), seen: !a.walled && !a.hidden };
  });
  const tell = (r: (typeof rows)[number]): string => `${r.name}(${r.role}): ${r.found?.kinds.join('、') ?? '—'} / ${r.kinds.join('、')}`;
  const wrong = rows.filter((r) => r.seen && r.kinds.length > 0);
  const careless = rows.filter((r) => r.seen && r.kinds.length === 0 && r.inPosts);
  const clean = rows.filter((r) => r.seen && r.kinds.length === 0 && !r.inPosts);
  const cleanFlagged = clean.filter((r) => r.found).map(tell);
  const perKind = [...new Set(wrong.flatMap((r) => r.kinds))].map((kind) => {
    const having = wrong.filter((r) => r.kinds.includes(kind));
    return `${kind} ${having.filter((r) => r.found?.kinds.includes(kind)).length}/${having.length}`;
  });
  const caught = wrong.filter((r) => r.found).length;
  return {
    recall: wrong.length === 0 ? 0 : caught / wrong.length,
    licensedButFlagged: rows.filter((r) => LICENSED.has(r.role) && r.found?.kinds.some((kind) => LICENCE_KINDS.has(kind))).map(tell),
    cleanFlagged,
    walledOrHiddenSeen: rows.filter((r) => !r.seen && r.found).map(tell),
    words: [
      `wrong accounts with a case ${caught}/${wrong.length}, careless ones (wrong posts only) ${careless.filter((r) => r.found).length}/${careless.length}, clean ones flagged ${cleanFlagged.length}/${clean.length}`,
      `account kinds found: ${perKind.join(', ')}`,
      ...cleanFlagged,
      ...wrong.filter((r) => !r.found).map((r) => `missed ${tell(r)}`),
    ].join('\n'),
  };
}
