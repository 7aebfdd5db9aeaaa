/**
 * Business events that leave a transaction: the closed set of outbox topics with the shape of each payload.
 * A row is written in the same transaction as the state it tells of; a dispatcher turns it into a job.
 */
import { z } from 'zod';

const id = z.string().uuid();

export const TOPICS = {
  /** A source of a run is to be walked. */
  'source.crawl': z.object({ runId: id, taskId: id }),
  /** A notice was approved: deliver it. */
  'notice.send': z.object({ noticeId: id }),
  /** A platform says it acted: go and look. */
  'notice.verify': z.object({ noticeId: id }),
  /** New posts of an account were stored: screen, score and link them. */
  'account.screen': z.object({ accountId: id, runId: id.nullable() }),
  /** Accounts share something new: form their clusters. */
  'network.cluster': z.object({}),
  /** A replay or a re-screening of the archive is to go on. */
  'rules.job': z.object({ jobId: id }),
  /** Pictures of an account's posts wait to be read. */
  'account.pictures': z.object({ accountId: id }),
  /** What is due is to be destroyed. */
  'retention.run': z.object({}),
  /** Posts of a platform are to be looked at again. */
  'posts.revisit': z.object({ platform: z.string().min(1).max(60) }),
  /** A platform pushed a batch of posts: store them. */
  'posts.batch': z.object({ batchId: id }),
  /** A file of posts is to be stored, from where it stopped. */
  'import.posts': z.object({ importId: id }),
  /** Accounts wait to be screened because posts came in outside a run. */
  'accounts.due': z.object({}),
  /** Findings of lead level or more need a page shot. */
  'capture.shot': z.object({ captureId: id }),
  /** Captures with a lead wait for their page shot and nothing more urgent runs. */
  'captures.shots': z.object({}),
  /** A day is over, or a root waits for a signature or a time-stamp. */
  'evidence.roots': z.object({}),
} as const;

export type Topic = keyof typeof TOPICS;
export type TopicPayload<T extends Topic> = z.infer<(typeof TOPICS)[T]>;
