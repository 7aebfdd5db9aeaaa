/** Clusters of accounts in the reviewers' API: the list, one cluster with what its accounts share, and an account's share in it. */
import { z } from 'zod';
import { id, instant, page } from './api.ts';
import { licenceVerdictSchema } from './licence.ts';
import { clusterActionSchema, thingKindSchema } from './network.ts';
import { subjectTypeSchema } from './post.ts';
import { POST_LEVELS } from './taxonomy.ts';

const named = z.object({ id, platform: z.string(), name: z.string(), level: z.enum(POST_LEVELS), score: z.number().int(), banned: z.boolean() });
const labelled = z.object({ kind: thingKindSchema, label: z.string(), accounts: z.number().int() });

export const clusterRow = z.object({
  id,
  size: z.number().int(),
  topScore: z.number().int(),
  firstSeenAt: instant,
  changedAt: instant,
  banned: z.number().int(),
  platforms: z.array(z.string()),
  /** Those with the highest scores. */
  accounts: z.array(named),
  /** What most of them share. */
  shared: z.array(labelled),
});
export const clusterPage = page(clusterRow);

export const clusterMember = named.extend({
  subjectName: z.string().nullable(),
  subjectType: subjectTypeSchema,
  licenceVerdict: licenceVerdictSchema.nullable(),
  status: z.enum(['active', 'suspended', 'gone', 'unknown']),
  firstSeenAt: instant,
  joinedAt: instant,
  case: z.object({ id, number: z.string() }).nullable(),
});
/** A thing that two or more of the accounts show. Values are masked; the posts named are where they can be looked up. */
export const sharedThing = z.object({
  id,
  kind: thingKindSchema,
  label: z.string(),
  /** Accounts that show it, in the cluster or not, and different parties among them. */
  accounts: z.number().int(),
  parties: z.number().int(),
  firstSeenAt: instant,
  firstAccountId: id,
  /** Taken off as a link by a person. */
  ignored: z.object({ by: z.string(), at: instant, reason: z.string() }).nullable(),
  holders: z.array(
    z.object({
      accountId: id,
      /** The account's own, or something it repeated from elsewhere. */
      own: z.boolean(),
      posts: z.number().int(),
      /** Null when the account's own page shows it. */
      postId: id.nullable(),
      firstSeenAt: instant,
    }),
  ),
});
export const clusterView = z.object({
  id,
  state: z.enum(['live', 'merged', 'dissolved']),
  mergedInto: id.nullable(),
  size: z.number().int(),
  topScore: z.number().int(),
  firstSeenAt: instant,
  formedAt: instant,
  changedAt: instant,
  /** Highest scores first, at most 60. */
  accounts: z.array(clusterMember),
  things: z.array(sharedThing),
  events: z.array(
    z.object({
      id,
      at: instant,
      action: clusterActionSchema,
      size: z.number().int(),
      otherId: id.nullable(),
      accounts: z.array(z.object({ id, name: z.string() })),
    }),
  ),
});

/** What an account has to do with others. */
export const accountParty = z.object({
  cluster: z.object({ id, size: z.number().int() }).nullable(),
  /** Others of its cluster, highest scores first, with what each shares with it. */
  same: z.array(named.extend({ shared: z.array(z.object({ kind: thingKindSchema, label: z.string() })) })),
  /** Its texts that stand elsewhere too. */
  reposts: z.array(
    z.object({
      id,
      label: z.string(),
      posts: z.number().int(),
      accounts: z.number().int(),
      employers: z.number().int(),
      firstAt: instant,
      first: z.object({ id, name: z.string() }).nullable(),
    }),
  ),
  /** What it shows that a person took off as a link. */
  ignored: z.array(z.object({ id, kind: thingKindSchema, label: z.string(), by: z.string(), at: instant, reason: z.string() })),
});

export const ignoreBody = z.object({ ignore: z.boolean(), reason: z.string().trim().min(1).max(500) });

export type ClusterRow = z.infer<typeof clusterRow>;
export type ClusterMemberView = z.infer<typeof clusterMember>;
export type SharedThingView = z.infer<typeof sharedThing>;
export type ClusterView = z.infer<typeof clusterView>;
export type AccountParty = z.infer<typeof accountParty>;
