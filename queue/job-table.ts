/** The closed table of jobs. Start fails when a name stands twice or an outbox topic has no job. */
import { PinchaError } from '../core/errors.ts';
import { TOPICS } from '../core/events.ts';
import type { Job } from './define.ts';
import { closeDays } from './jobs/close-days.ts';
import { crawlSource } from './jobs/crawl-source.ts';
import { formClusters } from './jobs/form-clusters.ts';
import { importPosts } from './jobs/import-posts.ts';
import { night } from './jobs/night.ts';
import { readPictures } from './jobs/read-pictures.ts';
import { retention } from './jobs/retention.ts';
import { revisitPosts } from './jobs/revisit-posts.ts';
import { ruleArchive } from './jobs/rule-archive.ts';
import { screenAccount } from './jobs/screen-account.ts';
import { screenDueAccounts } from './jobs/screen-due.ts';
import { sendNotice } from './jobs/send-notice.ts';
import { shootCapture } from './jobs/shoot-capture.ts';
import { shootWaiting } from './jobs/shoot-waiting.ts';
import { storeBatch } from './jobs/store-batch.ts';
import { sweep } from './jobs/sweep.ts';
import { verifyNotice } from './jobs/verify-notice.ts';

export const JOBS: readonly Job[] = [
  crawlSource,
  screenAccount,
  screenDueAccounts,
  storeBatch,
  importPosts,
  formClusters,
  shootCapture,
  shootWaiting,
  readPictures,
  sendNotice,
  verifyNotice,
  revisitPosts,
  ruleArchive,
  closeDays,
  retention,
  night,
  sweep,
];

/** Jobs by name. @throws PinchaError JOB_UNKNOWN when a name stands twice or a topic has no job */
export function jobTable(jobs: readonly Job[] = JOBS): ReadonlyMap<string, Job> {
  const table = new Map<string, Job>();
  for (const job of jobs) {
    if (table.has(job.name)) throw new PinchaError('JOB_UNKNOWN', { reason: `任务 ${job.name} 重复` });
    table.set(job.name, job);
  }
  for (const topic of Object.keys(TOPICS)) if (!table.has(topic)) throw new PinchaError('JOB_UNKNOWN', { reason: `事件 ${topic} 没有任务` });
  return table;
}
