/** What is true of a world, as plain JSON for evaluations: account kinds, and per post the kinds with quotes and offsets. */
import type { FindingKind } from '../core/model/taxonomy.ts';
import { isHonest } from './generate.ts';
import type { PostTruth, ReturnPair, SandboxPlatform, SandboxPost, World } from './world/model.ts';

export interface AccountTruth {
  readonly platform: SandboxPlatform;
  readonly externalId: string;
  readonly name: string;
  readonly role: string;
  readonly honest: boolean;
  readonly kinds: readonly FindingKind[];
  readonly walled: boolean;
  readonly hidden: boolean;
}

export interface PostTruthRow {
  readonly platform: SandboxPlatform;
  readonly id: string;
  /** Path on its face, by which a crawled post is found again. */
  readonly path: string;
  readonly account: string;
  readonly textId: string;
  readonly status: SandboxPost['status'];
  readonly poster: boolean;
  readonly code: string;
  readonly hidden: boolean;
  readonly repostOf: string | null;
  readonly credited: boolean;
  readonly truth: readonly PostTruth[];
}

export interface WorldTruth {
  readonly seed: number;
  readonly asOf: string;
  readonly accounts: readonly AccountTruth[];
  readonly posts: readonly PostTruthRow[];
  readonly returns: readonly ReturnPair[];
}

const PATH: Record<SandboxPlatform, (id: string) => string> = {
  'sandbox-wechat': (id) => `/s/${id}`,
  'sandbox-board': (id) => `/job/${id}.html`,
  'sandbox-feed': (id) => `/p/${id}`,
};

/** The truth about a world; offsets are UTF-16 in the named field of the published post, null for what a QR code says. */
export function truthOf(world: World): WorldTruth {
  const hidden = new Set(world.accounts.filter((a) => a.hiddenUntil !== null).map((a) => a.externalId));
  const walled = new Set(world.accounts.filter((a) => a.walled).map((a) => a.externalId));
  return {
    seed: world.seed,
    asOf: world.asOf,
    accounts: world.accounts.map((a) => ({
      platform: a.platform,
      externalId: a.externalId,
      name: a.name,
      role: a.role,
      honest: isHonest(a),
      kinds: a.kinds,
      walled: a.walled,
      hidden: a.hiddenUntil !== null,
    })),
    posts: world.posts.map((p) => ({
      platform: p.platform,
      id: p.id,
      path: PATH[p.platform](p.id),
      account: p.account,
      textId: p.textId,
      status: p.status,
      poster: p.poster,
      code: p.code,
      hidden: hidden.has(p.account) || walled.has(p.account),
      repostOf: p.repostOf,
      credited: p.credited,
      truth: p.truth,
    })),
    returns: world.returns,
  };
}
