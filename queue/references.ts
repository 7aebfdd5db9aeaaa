/**
 * What accounts are held against: the current licence list, the business register and the banned parties. Loading
 * a list of 100,000 rows takes a second, so it is kept and renewed only when another list was imported.
 */

import { createLicenceMatcher, type LicenceMatcher } from '../classifiers/licence/match.ts';
import { type CompanyRegistry, createCompanyRegistry } from '../classifiers/licence/registry.ts';
import { type BannedIndex, createBannedIndex } from '../classifiers/network/banned.ts';
import { postContacts } from '../classifiers/network/contacts.ts';
import { type Clock, localDate } from '../core/clock.ts';
import type { Db } from '../db/connect.ts';
import { companiesOf, currentRegister } from '../db/repositories/company.ts';
import { bannedAccounts } from '../db/repositories/content.ts';
import { currentList, rowsOfList } from '../db/repositories/licence.ts';

export interface References {
  licences(): Promise<LicenceMatcher | null>;
  register(): Promise<CompanyRegistry | null>;
  /** Read anew at most every few seconds: a party may have been banned a moment ago. */
  banned(): Promise<BannedIndex>;
}

const BANNED_FRESH_MS = 5_000;

async function collect<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const out: T[] = [];
  for await (const row of rows) out.push(row);
  return out;
}

async function loadBanned(db: Db): Promise<BannedIndex> {
  const rows = await bannedAccounts(db);
  return createBannedIndex(
    rows.map(({ account: a, posts }) => ({
      id: a.id,
      name: a.name,
      platform: a.platform,
      subjectName: a.subjectName,
      uscc: a.uscc,
      contacts: [...new Set(posts.flatMap((p) => [...postContacts({ ...p.input, title: p.title, text: p.text })]))].slice(0, 200),
      texts: posts.map((p) => p.text),
      reason: a.statusReason,
    })),
  );
}

/** Keeps a loaded value under a key; a new key loads it again, once however many ask. */
function keep<T>(): (key: string, load: () => Promise<T>) => Promise<T> {
  let held: { key: string; value: Promise<T> } | null = null;
  return (key, load) => {
    if (held?.key !== key) {
      const value = load();
      held = { key, value };
      value.catch(() => {
        held = null;
      });
    }
    return held.value;
  };
}

export function createReferences(db: Db, clock: Clock): References {
  const lists = keep<LicenceMatcher>();
  const registers = keep<CompanyRegistry>();
  const parties = keep<BannedIndex>();
  return {
    licences: async () => {
      const list = await currentList(db);
      if (!list) return null;
      const asOf = localDate(clock.now());
      return lists(`${list.id}/${asOf}`, async () => createLicenceMatcher(list, await collect(rowsOfList(db, list.id)), { asOf }));
    },
    register: async () => {
      const found = await currentRegister(db);
      if (!found) return null;
      const { importId, label, publishedOn, complete } = found;
      return registers(importId, async () => createCompanyRegistry({ label, publishedOn, complete }, await collect(companiesOf(db, importId))));
    },
    banned: () => parties(String(Math.floor(clock.now().getTime() / BANNED_FRESH_MS)), () => loadBanned(db)),
  };
}
