/**
 * The shape of the sandbox's world: accounts, posts and the truth about both. It is what `generateWorld` returns,
 * what the faces serve and what evaluations compare with. Everything in it is invented.
 */
import type { PostInput, QuotableField, SubjectType } from '../../core/model/post.ts';
import type { FindingKind } from '../../core/model/taxonomy.ts';

export const SANDBOX_PLATFORMS = ['sandbox-wechat', 'sandbox-board', 'sandbox-feed'] as const;
export type SandboxPlatform = (typeof SANDBOX_PLATFORMS)[number];

/** What an account is in truth; decides its particulars, its posts and its account kinds. */
export const ROLES = [
  'employer',
  'careless-employer',
  'agency',
  'filed-service',
  'public',
  'unlicensed-intermediary',
  'unfiled-service',
  'unlicensed-dispatch',
  'licence-expired',
  'licence-of-other',
  'licence-without-online',
  'employer-not-registered',
  'impersonation',
  'posting-for-others',
  'unverified',
  'site-not-registered',
  'qualification-not-shown',
  'banned-returned',
] as const;
export type Role = (typeof ROLES)[number];

/** Roles nothing is wrong with; a careless employer is honest as an account but some of its posts are not. */
export const HONEST_ROLES: ReadonlySet<Role> = new Set<Role>(['employer', 'careless-employer', 'agency', 'filed-service', 'public']);

/** The three account classes of the 2026 notice, as the platform labels them; empty when it does not. */
export type AccountCategory = '公共就业服务' | '经营性人力资源服务机构' | '用人单位自主招聘' | '';

/** A row of the official list of licensed and filed agencies. */
export interface OfficialLicence {
  readonly name: string;
  readonly uscc: string;
  readonly number: string;
  readonly scope: string;
  /** YYYY-MM-DD; `validUntil` is null for filings, which have no term. */
  readonly issuedOn: string;
  readonly validUntil: string | null;
  readonly form: '许可' | '备案';
  readonly authority: string;
}

export interface SandboxAccount {
  readonly platform: SandboxPlatform;
  readonly externalId: string;
  readonly name: string;
  readonly alias: string;
  readonly description: string;
  readonly subjectName: string;
  readonly subjectType: SubjectType;
  /** Empty when the platform knows none; otherwise with a valid GB 32100-2015 check digit. */
  readonly uscc: string;
  readonly category: AccountCategory;
  readonly verified: boolean;
  /** The licence number the account shows; may be another's. */
  readonly licenceNo: string;
  /** YYYY-MM-DD of the platform's last check, empty when never checked. */
  readonly verifiedAt: string;
  /** Whether its home page shows business licence or permit. */
  readonly showsQualification: boolean;
  readonly website: string;
  readonly icp: string;
  readonly phone: string;
  readonly wechat: string;
  readonly city: string;
  readonly role: Role;
  /** The truth: account kinds that hold for it. */
  readonly kinds: readonly FindingKind[];
  /** Answers every visitor with a verification wall. */
  readonly walled: boolean;
  /** Stays invisible until that account has been suspended: the banned party under another name. */
  readonly hiddenUntil: { readonly platform: SandboxPlatform; readonly externalId: string } | null;
}

/** One thing that is true of a post; offsets are UTF-16 in `field`, null for kinds that say something is absent and in `imageText`. */
export interface PostTruth {
  readonly kind: FindingKind;
  readonly field: QuotableField | null;
  readonly quote: string | null;
  readonly start: number | null;
  readonly end: number | null;
  readonly exempt: boolean;
}

export interface SandboxPost {
  readonly id: string;
  readonly platform: SandboxPlatform;
  readonly account: string;
  readonly textId: string;
  readonly title: string;
  readonly company: string;
  readonly text: string;
  readonly salary: string;
  readonly location: string;
  readonly sex: string;
  readonly age: string;
  readonly education: string;
  readonly headcount: string;
  /** YYYY-MM-DD, may be empty. */
  readonly validUntil: string;
  /** ISO instant. */
  readonly publishedAt: string;
  readonly status: 'live' | 'deleted' | 'removed' | 'expired';
  readonly removedReason: string;
  /** Its words are only in a picture. */
  readonly poster: boolean;
  /** What the QR code on its poster says; empty when it carries none. */
  readonly code: string;
  /** The post it repeats, and whether it says so. */
  readonly repostOf: string | null;
  readonly credited: boolean;
  readonly truth: readonly PostTruth[];
}

/** A party on the platforms' list of banned subjects before the story starts. */
export interface BannedParty {
  readonly platform: SandboxPlatform;
  readonly name: string;
  readonly subjectName: string;
  readonly uscc: string;
  readonly phone: string;
  readonly wechat: string;
  /** YYYY-MM-DD. */
  readonly bannedOn: string;
  readonly until: string;
  readonly reason: string;
  readonly returnedAs: { readonly platform: SandboxPlatform; readonly externalId: string };
  /** What it posted when it was banned, in the one post shape. */
  readonly posts: readonly PostInput[];
}

/** Who comes back where once suspended. */
export interface ReturnPair {
  readonly from: { readonly platform: SandboxPlatform; readonly externalId: string };
  readonly to: { readonly platform: SandboxPlatform; readonly externalId: string };
}

export interface World {
  readonly seed: number;
  /** YYYY-MM-DD: the day the world is a picture of. */
  readonly asOf: string;
  readonly accounts: readonly SandboxAccount[];
  readonly posts: readonly SandboxPost[];
  readonly licences: readonly OfficialLicence[];
  /** Companies in the invented business register, account holders and their clients. */
  readonly companies: readonly { readonly name: string; readonly uscc: string; readonly status: '存续' | '注销' | '吊销' }[];
  readonly bannedParties: readonly BannedParty[];
  readonly returns: readonly ReturnPair[];
}
