/** A process of its own that works off the queue of the database it is given, for tests that kill it. */
import { connect } from '../../db/connect.ts';
import { startWorkers } from '../../queue/workers.ts';
import { archiveContext } from './archive-context.ts';

const url = process.argv[2] ?? '';
// Alone on the store, as with the embedded database: what the killed one held is taken up at once.
await startWorkers(await archiveContext(connect(url).db), { databaseUrl: url, pollMs: 50, alone: true });
