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

  it('gives each input one key, in which BullMQ finds no colon', () => {
    const [a, b] = [newId(), newId()];
    const inputs = { 'source.crawl': { runId: a, taskId: b }, 'notice.send': { noticeId: a }, 'notice.verify': { noticeId: a } };
    for (const [name, input] of Object.entries({ ...inputs, 'account.screen': { accountId: a, runId: b }, 'capture.shot': { captureId: a } })) {
      const known = jobTable().get(name);
      expect(known?.keyOf(input)).toBe(known?.keyOf(structuredClone(input)));
      expect(known?.keyOf(input)).toMatch(/^[a-z-]+_[0-9a-z_-]+$/);
    }
    const screen = jobTable().get('account.screen');
    expect(screen?.keyOf({ accountId: a, runId: null })).not.toBe(screen?.keyOf({ accountId: a, runId: b }));
  });

  it('refuses input of another shape before anything runs', async () => {
    const send = jobTable().get('notice.send');
    expect(() => send?.keyOf({ noticeId: 'no uuid' })).toThrowError(/noticeId/);
    expect(() => send?.run({}, {} as never)).toThrowError(/noticeId/);
  });
});
