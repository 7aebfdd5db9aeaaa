/** A process of its own that takes a pushed batch in and stores it, and kills itself at the moment it is told: after the body is sealed, after the answer, or in the middle of storing. */
import { systemClock } from '../../core/clock.ts';
import { connect } from '../../db/connect.ts';
import { createSealer, type RecordSealer } from '../../evidence/warc.ts';
import { receiveBatch } from '../../queue/batches.ts';
import type { JobContext } from '../../queue/context.ts';
import { storeBatch } from '../../queue/jobs/store-batch.ts';

const [url = '', dir = '', key = '', body = '', moment = ''] = process.argv.slice(2);
const die = (at: string): void => {
  if (at === moment) process.kill(process.pid, 'SIGKILL');
};
const { db } = connect(url);
const own = createSealer({ dir });
const sealer: Pick<RecordSealer, 'seal' | 'read'> = {
  seal: async (exchange, via) => {
    const place = await own.seal(exchange, via);
    die('sealed');
    return place;
  },
  read: async (place) => own.read(place),
};
const ctx = { db, clock: systemClock, sealer } as unknown as JobContext;
const pushed = { platform: { id: 'board', name: '平台board' }, body, key, messageId: `msg-${key}`, headers: [] };
const { answer } = await receiveBatch(ctx, pushed);
process.stdout.write(answer.batchId);
die('answered');
// The posts' rows are written by then, and nothing is committed.
const halfway = new Proxy(db, {
  get: (of, name) =>
    name === 'transaction'
      ? (work: (tx: unknown) => Promise<unknown>) =>
          db.transaction(async (tx) => {
            await work(tx);
            die('storing');
          })
      : Reflect.get(of, name),
});
await storeBatch.run({ batchId: answer.batchId }, { ...ctx, db: halfway });
