/**
 * The frontier of a walk in memory, for one process and for tests; the one that survives a kill lives in `db/`. It
 * remembers what a walk still has to visit, what it has visited, and what waits for a later moment or another night.
 */
import type { Frontier, FrontierEntry, Settlement } from '../core/frontier.ts';
import type { PageLink } from './platforms/types.ts';

interface Held extends FrontierEntry {
  readonly readyAt: number;
}

export function createMemoryFrontier(links: readonly PageLink[]): Frontier & { settle(entry: PageLink, settlement: Settlement): void } {
  const waiting = new Map<string, Held>();
  const left = new Set<string>();
  const known = new Set<string>();
  const put = (link: PageLink, more: Partial<Held> = {}): void => {
    known.add(link.url);
    waiting.delete(link.url);
    waiting.set(link.url, { tries: 0, refusals: 0, readyAt: 0, ...more, url: link.url, kind: link.kind });
  };
  for (const link of links) put(link);
  const hostOf = (url: string): string => new URL(url).host;
  return {
    async next() {
      const now = Date.now();
      let soonest = Number.POSITIVE_INFINITY;
      // Those that failed once come when all else is through.
      for (const entry of [...waiting.values()].sort((a, b) => a.tries - b.tries)) {
        if (entry.readyAt <= now) return { entry };
        soonest = Math.min(soonest, entry.readyAt);
      }
      return soonest === Number.POSITIVE_INFINITY ? null : { waitMs: soonest - now };
    },
    async known(urls) {
      return new Set(urls.filter((url) => known.has(url)));
    },
    async holdHost(host, forMs) {
      for (const entry of [...waiting.values()].filter(({ url }) => hostOf(url) === host)) {
        if (forMs !== null) waiting.set(entry.url, { ...entry, readyAt: Math.max(entry.readyAt, Date.now() + forMs) });
        else if (waiting.delete(entry.url)) left.add(entry.url);
      }
    },
    settle(link, settlement) {
      const before = waiting.get(link.url);
      const [tries, refusals] = [before?.tries ?? 0, before?.refusals ?? 0];
      if (settlement.when === 'soon') put(link, { tries, refusals: refusals + 1, readyAt: Date.now() + settlement.waitMs });
      else if (settlement.when === 'last') put(link, { tries: tries + 1, refusals });
      else {
        known.add(link.url);
        waiting.delete(link.url);
        for (const found of settlement.when === 'done' ? settlement.links : []) if (!known.has(found.url)) put(found);
      }
    },
  };
}
