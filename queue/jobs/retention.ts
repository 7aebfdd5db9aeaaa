/** The nightly destruction of what is due; with PINCHA_RETENTION=tell it only says what is. */
import { TOPICS } from '../../core/events.ts';
import { CLOCKWORK } from '../context.ts';
import { defineJob } from '../define.ts';
import { runRetention } from '../retention.ts';

export const retention = defineJob({
  name: 'retention.run',
  queue: 'archive',
  input: TOPICS['retention.run'],
  attempts: 3,
  backoffMs: 60_000,
  key: () => 'all',
  run: async (_input, ctx) => {
    const report = await runRetention(ctx, ctx.config.retention === 'apply', CLOCKWORK);
    ctx.log.info({ applied: report.applied, rules: report.rules, records: report.records.length, skipped: report.skipped.length }, 'retention');
  },
});
