/** The table of jobs is closed and whole: every topic has a job, no name stands twice, keys are what BullMQ takes. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { TOPICS } from '../../../core/events.ts';
import { newId } from '../../../core/ids.ts';
import { defineJob, QUEUES } from '../../../queue/define.ts';
import { JOBS, jobTable } from '../../../queue/job-table.ts';

const job = (name: string) => defineJob({ name, queue: 'clock', input: z.object({}), attempts: 1, backoffMs: 0, key: () => 'k', run: async () => undefined });

describe('job table', () => {
  it('has a job for every topic an event may have', () => {
    const table = jobTable();
    for (const topic of Object.keys(TOPICS)) expect(table.get(topic)?.name).toBe(topic);
    for (const known of table.values()) expect(QUEUES).toContain(known.queue);
  });

  it('refuses a name that stands twice, and a topic nobody works on, by name', () => {
    expect(() => jobTable([...JOBS, job('notice.send')])).toThrowError(/notice\.send 重复/);
    expect(() => jobTable(JOBS.filter((j) => j.name !== 'capture.shot'))).toThrowError(/capture\.shot 没有任务/);
    expect(jobTable([...JOBS, job('another')]).has('another')).toBe(true);
  });

  it('keeps walks of one task one job, and every other event a job of its own', () => {
    const [runId, taskId] = [newId(), newId()];
    const walk = jobTable().get('source.crawl');
    expect(walk?.keyOf({ runId, taskId })).toBe(walk?.keyOf({ runId: newId(), taskId }));
    expect(walk?.keyOf({ runId, taskId })).not.toBe(walk?.keyOf({ runId, taskId: newId() }));
    // BullMQ takes no colon in a job id.
    expect(walk?.keyOf({ runId, taskId })).toMatch(/^[a-z-]+_[0-9a-f-]+$/);
    // Gathering works until no account waits, and is called again by the next sweep.
    expect(jobTable().get('network.cluster')?.keyOf({})).toBe('network-cluster_all');
    expect(jobTable().get('rules.job')?.keyOf({ jobId: taskId })).toBe(`rules-job_${taskId}`);
    // Looks at one platform's posts come one after the other.
    expect(jobTable().get('posts.revisit')?.keyOf({ platform: 'wechat' })).toBe('posts-revisit_wechat');
    const keyed = new Set([
      'captures.shots',
      'evidence.roots',
      'posts.batch',
      'import.posts',
      'accounts.due',
      'source.crawl',
      'network.cluster',
      'rules.job',
      'posts.revisit',
      'retention.run',
    ]);
    for (const [name, job] of jobTable()) if (!keyed.has(name)) expect(job.keyOf({})).toBeNull();
  });

  it('refuses input of another shape before anything runs', async () => {
    const send = jobTable().get('notice.send');
    expect(() => jobTable().get('source.crawl')?.keyOf({ taskId: 'no uuid' })).toThrowError(/taskId/);
    expect(() => send?.run({}, {} as never)).toThrowError(/noticeId/);
  });
});
