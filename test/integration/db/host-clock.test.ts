/** The host clock in PostgreSQL keeps what every host clock promises, also between processes' connections. */
import { createHostClock } from '../../../db/repositories/host.ts';
import { freshDatabase } from '../../support/database.ts';
import { hostClockSuite } from '../../support/host-clock-suite.ts';

hostClockSuite('in PostgreSQL', async (clock) => {
  const database = await freshDatabase();
  return { hostClock: createHostClock(database.db, '01:30', clock.now), close: database.close };
});
