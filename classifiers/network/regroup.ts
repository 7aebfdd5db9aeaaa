/**
 * Clusters from links, with ids that last: accounts that hold together form a cluster; the part that keeps most of an
 * old cluster keeps its id, what it swallowed is merged into it, what fell off is split from it. Pure and independent
 * of the order in which accounts and links are given.
 */

/** Clusters before, the links that hold now, and which of the old clusters were looked at anew. */
export interface Before {
  /** Old clusters that are touched, with all their accounts, oldest first: age decides between equals. */
  readonly clusters: readonly { readonly id: string; readonly accounts: readonly string[]; readonly whole: boolean }[];
  /** Accounts without a cluster that are touched. */
  readonly singles: readonly string[];
  readonly links: readonly (readonly [string, string])[];
}

export interface ClusterNow {
  /** Null for a new one. */
  readonly id: string | null;
  /** Sorted. */
  readonly accounts: readonly string[];
  readonly joined: readonly string[];
  readonly left: readonly string[];
  /** Old clusters that ended in this one. */
  readonly merged: readonly string[];
  /** The old cluster a new one broke off. */
  readonly splitFrom: string | null;
}

export interface Regrouping {
  readonly clusters: readonly ClusterNow[];
  /** Old clusters of which nothing held together. */
  readonly dissolved: readonly string[];
  /** Accounts of old clusters that are in none now. */
  readonly alone: readonly string[];
}

class Union {
  readonly #parent = new Map<string, string>();
  find(account: string): string {
    let root = account;
    for (let up = this.#parent.get(root) ?? root; up !== root; up = this.#parent.get(root) ?? root) root = up;
    for (let at = account; at !== root; ) {
      const up = this.#parent.get(at) ?? root;
      this.#parent.set(at, root);
      at = up;
    }
    return root;
  }
  join(a: string, b: string): void {
    // The smaller name is the root, so that the result does not depend on the order of links.
    const [root, other] = [this.find(a), this.find(b)].sort() as [string, string];
    if (root !== other) this.#parent.set(other, root);
  }
}

function partsOf({ clusters, singles, links }: Before): string[][] {
  const union = new Union();
  const known = new Set([...singles, ...clusters.flatMap((c) => c.accounts)]);
  for (const { accounts, whole } of clusters) if (whole) for (const account of accounts) union.join(accounts[0] as string, account);
  for (const [a, b] of links) if (known.has(a) && known.has(b)) union.join(a, b);
  const parts = new Map<string, string[]>();
  for (const account of [...known].sort()) {
    const root = union.find(account);
    const part = parts.get(root);
    if (part) part.push(account);
    else parts.set(root, [account]);
  }
  return [...parts.values()];
}

interface Claim {
  readonly cluster: string;
  readonly age: number;
  readonly part: number;
  readonly kept: number;
}

/** How much of which old cluster each part keeps, most first; between equals the older cluster, then the part with the smaller name. */
function claimsOf(parts: readonly (readonly string[])[], clusters: Before['clusters']): Claim[] {
  const partOf = new Map(parts.flatMap((part, i) => part.map((account) => [account, i] as const)));
  const claims = clusters.flatMap(({ id, accounts }, age) => {
    const kept = new Map<number, number>();
    for (const account of accounts) {
      const part = partOf.get(account) ?? -1;
      kept.set(part, (kept.get(part) ?? 0) + 1);
    }
    return [...kept].map(([part, n]): Claim => ({ cluster: id, age, part, kept: n }));
  });
  return claims.sort((a, b) => b.kept - a.kept || a.age - b.age || a.part - b.part);
}

/** What the clusters are now. Parts of one account are no clusters. */
export function regroup(before: Before): Regrouping {
  const parts = partsOf(before).filter((part) => part.length >= 2);
  const claims = claimsOf(parts, before.clusters).filter((claim) => claim.part >= 0);
  const idOf = new Map<number, string>();
  const placed = new Set<string>();
  for (const { cluster, part } of claims) {
    if (placed.has(cluster) || idOf.has(part)) continue;
    idOf.set(part, cluster);
    placed.add(cluster);
  }
  /** The part that took most of a cluster that lost its id. */
  const swallowed = new Map<number, string[]>();
  const first = new Map<string, number>();
  for (const { cluster, part } of claims) if (!first.has(cluster)) first.set(cluster, part);
  for (const [cluster, part] of first) if (!placed.has(cluster)) swallowed.set(part, [...(swallowed.get(part) ?? []), cluster]);
  const old = new Map(before.clusters.map((c) => [c.id, c.accounts]));
  const clusters = parts.map((accounts, part): ClusterNow => {
    const id = idOf.get(part) ?? null;
    const had = new Set(id === null ? [] : (old.get(id) ?? []));
    const now = new Set(accounts);
    const from = id === null ? (claims.find((claim) => claim.part === part && placed.has(claim.cluster))?.cluster ?? null) : null;
    return {
      id,
      accounts,
      joined: accounts.filter((account) => !had.has(account)),
      left: [...had].filter((account) => !now.has(account)).sort(),
      merged: (swallowed.get(part) ?? []).sort(),
      splitFrom: from,
    };
  });
  const dissolved = before.clusters.map((c) => c.id).filter((id) => !first.has(id));
  const together = new Set(parts.flat());
  const alone = before.clusters.flatMap((c) => c.accounts.filter((account) => !together.has(account))).sort();
  return { clusters, dissolved, alone };
}
