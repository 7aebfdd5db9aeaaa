/** What the API is given by the composition root, and the typed Fastify instance every route file receives. */
import type { FastifyBaseLogger, FastifyInstance, RawReplyDefaultExpression, RawRequestDefaultExpression, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Office } from '../cases/notice/approval.ts';
import type { NoticePolicy } from '../cases/workflow/notice-machine.ts';
import { DEMO_RETRIES, RETRIES } from '../cases/workflow/retry.ts';
import type { Clock } from '../core/clock.ts';
import type { Config } from '../core/config.ts';
import { newId } from '../core/ids.ts';
import type { PackageReceipt, ReplayAddress } from '../core/model/api-package.ts';
import type { RuleDesk } from '../core/model/api-rule.ts';
import type { SourceDesk } from '../core/model/api-source.ts';
import type { ScreenResult } from '../core/model/finding.ts';
import type { BatchAnswer } from '../core/model/intake.ts';
import type { PostInput } from '../core/model/post.ts';
import type { Actor } from '../core/model/role.ts';
import type { ContentStore, Sealer } from '../core/ports.ts';
import type { Db } from '../db/connect.ts';

/** A signed batch as it came. */
export interface PushedPosts {
  readonly platform: { readonly id: string; readonly name: string };
  readonly body: string;
  /** Idempotency-Key, when one was sent. */
  readonly key: string | null;
  readonly messageId: string;
  readonly headers: readonly (readonly [string, string])[];
}

export interface ApiDeps {
  readonly db: Db;
  readonly config: Config;
  readonly clock: Clock;
  readonly log: FastifyBaseLogger;
  /** Reads a sealed response back and checks its digest. */
  readonly readCapture: Sealer['read'];
  readonly content: ContentStore;
  /** Starts a run on demand, or returns the one that is running. */
  readonly startRun: (actor: Actor) => Promise<{ runId: string }>;
  readonly stopRun: (runId: string) => Promise<void>;
  /** Screens posts, rules and model; without it the screening route is not served. */
  readonly screen?: (posts: PostInput[]) => ScreenResult[] | Promise<ScreenResult[]>;
  /** Takes a batch of posts a platform pushed; without it pushing is not served. */
  readonly receiveBatch?: (batch: PushedPosts) => Promise<{ answer: BatchAnswer; replay: boolean }>;
  /** The law in force and drafts against it; without it the routes of rules are not served. */
  readonly rules?: RuleDesk;
  /** What may be a source; without it the routes of sources are not served. */
  readonly sources?: SourceDesk;
  /** Evidence packages of cases; without it their routes are not served. */
  readonly packages?: CasePackages;
  /** Folds a company name as the licence lists were folded on import (`licence.name_key`). */
  readonly nameKey?: (name: string) => string;
  /** Folder of the built review UI. */
  readonly uiDir: string;
  readonly version: string;
}

/** What the desk asks of packages; the composition root does the work. */
export interface CasePackages {
  export(caseId: string, actor: Actor, ip: string): Promise<PackageReceipt>;
  /** The file of an earlier export of this very case; null when it is gone. */
  find(caseId: string, sha256: string): Promise<{ file: string; name: string; bytes: number } | null>;
  /** @param deskHost the name under which the caller's browser sees the desk */
  replay(caseId: string, actor: Actor, ip: string, deskHost: string): Promise<ReplayAddress>;
}

export type Api = FastifyInstance<RawServerDefault, RawRequestDefaultExpression, RawReplyDefaultExpression, FastifyBaseLogger, ZodTypeProvider>;

/** The office whose notices an approval writes. */
export function officeOf(config: Config): Office {
  const { issuer, contact, demo, ackDays, actDays } = config;
  return { issuer, contact, demo, ackDays, actDays, newId };
}

/** Whether pictures are read where this runs. */
export const readsPictures = (config: Config): boolean => config.ocr === 'on';

/** Times of notices: a demo does not wait for hours. */
export function policyOf(config: Config): NoticePolicy {
  return { retry: config.demo ? DEMO_RETRIES : RETRIES, verifyDelayS: config.verifyDelayS ?? 300, probeGapS: config.probeGapS ?? 21_600 };
}
