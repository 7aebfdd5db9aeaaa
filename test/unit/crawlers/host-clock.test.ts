/** The host clock in memory keeps what every host clock promises. */
import { createMemoryHostClock } from '../../../crawlers/fetch/host-clock.ts';
import { hostClockSuite } from '../../support/host-clock-suite.ts';

hostClockSuite('in memory', async (clock) => ({ hostClock: createMemoryHostClock(clock) }));
