/**
 * What accounts are held against: the current licence list and the business register. Loading a list of 100,000 rows
 * takes a second, so it is kept and renewed only when another list was imported.
 */

import { createPayRanges, type PayRanges } from '../classifiers/false-posting/pay-range.ts';
import { createLicenceMatcher, type LicenceMatcher } from '../classifiers/licence/match.ts';
import { type CompanyRegistry, createCompanyRegistry } from '../classifiers/licence/registry.ts';
import { type Clock, localDate } from '../core/clock.ts';
import type { Db } from '../db/connect.ts';
import { companiesOf, currentRegister } from '../db/repositories/company.ts';
import { currentList, rowsOfList } from '../db/repositories/licence.ts';
import { payRangesComputedAt, readPayRanges } from '../db/repositories/pay-range.ts';

export interface References {
  licences(): Promise<LicenceMatcher | null>;
  register(): Promise<CompanyRegistry | null>;
  /** What is usually paid, as last computed. */
  payRanges(): Promise<PayRanges | null>;
}

async function collect<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const out: T[] = [];
  for await (const row of rows) out.push(row);
  return out;
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
  const pays = keep<PayRanges>();
  return {
    licences: async () => {
      const list = await currentList(db);
      if (!list) return null;
      const asOf = localDate(clock.now());
      return lists(`${list.id}/${asOf}`, async () => createLicenceMatcher(list, await collect(rowsOfList(db, list.id)), { asOf }));
    },
    payRanges: async () => {
      const at = await payRangesComputedAt(db);
      if (!at) return null;
      return pays(at.toISOString(), async () => createPayRanges((await readPayRanges(db)).map(({ family, ...range }) => ({ trade: family, ...range }))));
    },
    register: async () => {
      const found = await currentRegister(db);
      if (!found) return null;
      const { importId, label, publishedOn, complete } = found;
      return registers(importId, async () => createCompanyRegistry({ label, publishedOn, complete }, await collect(companiesOf(db, importId))));
    },
  };
}
