/** What jobs are given by the composition root: the store, the stages and the outside world, nothing global. */

import type { Logger } from 'pino';
import type { Browser } from 'playwright';
import type { NoticePolicy } from '../cases/workflow/notice-machine.ts';
import type { PictureReader } from '../classifiers/image/picture-reader.ts';
import type { Cite } from '../classifiers/kind-articles.ts';
import type { MarginBucket } from '../classifiers/model/watch.ts';
import type { ActiveLaw, Compare } from '../classifiers/rules/lifecycle.ts';
import type { Screener } from '../classifiers/screen.ts';
import type { Clock } from '../core/clock.ts';
import type { Config } from '../core/config.ts';
import type { PostInput } from '../core/model/post.ts';
import type { Actor } from '../core/model/role.ts';
import type { ContentStore, Destroyer, Fetcher, Sealer } from '../core/ports.ts';
import type { Db } from '../db/connect.ts';
import type { References } from './references.ts';
import type { RootMakers } from './roots.ts';

/** A revision that watches the night's posts without being heard. */
export interface Shadow {
  readonly revisionId: string;
  readonly compare: Compare;
}
/** The law in force, which people change while the process runs. */
export interface LawSource {
  active(): ActiveLaw;
  shadows(): readonly Shadow[];
  /** How strongly the model speaks about a post, in buckets, for watching drift; nothing without a model. */
  margins?(post: PostInput): readonly MarginBucket[];
  /** Looks whether it changed, at most every few seconds unless told `now`. @returns whether it did */
  refresh(now?: boolean): Promise<boolean>;
}

export interface JobContext {
  readonly db: Db;
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Logger;
  readonly fetcher: Fetcher;
  readonly sealer: Sealer;
  readonly content: ContentStore;
  /** Lets sealed bytes go whose term is over. */
  readonly destroyer: Destroyer;
  readonly browser: () => Promise<Browser>;
  /** Null when pictures are not read (PINCHA_OCR=off). */
  readonly pictures: PictureReader | null;
  readonly law: LawSource;
  /** Of the law in force at the moment it is read: hold it for the length of one piece of work. */
  readonly screener: Screener;
  /** Articles in force, for findings about accounts. */
  readonly cite: (ids: readonly string[], lastSeen?: Date) => ReturnType<Cite>;
  /** Licence list, register and banned parties, loaded once and renewed when they change. */
  readonly references: References;
  readonly policy: NoticePolicy;
  /** What makes and seals the daily roots of the ledger. */
  readonly roots: RootMakers;
  /** Gap between two requests to one host that overrides the configured floor (the sandbox asks for none). */
  readonly floorDelayFor: (platform: string) => number | undefined;
  /** Aborts when the process shuts down: a walk ends at its next step and is taken up again later. */
  readonly signal: AbortSignal;
}

const service = (id: string, name: string): Actor => ({ id: `service:${id}`, name, kind: 'service', roles: [] });
export const CRAWLER = service('crawler', '夜间巡查');
export const SCREENER = service('screener', '筛查服务');
export const NOTIFIER = service('notifier', '通知投递');
export const VERIFIER = service('verifier', '回访核验');
export const CLOCKWORK = service('clockwork', '时限管理');
