/** A night that is killed again and again goes on where it was: the addresses still to visit stand in the store. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { killedNight } from '../../support/killed-night.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());

describe('a night killed five times', () => {
  it('loses no page and asks for none twice but those under way at a kill', async () => {
    const night = await killedNight(database, { boards: 4, perBoard: 150, pageChars: 300, kills: 5, patienceMs: 240_000 });
    expect([night.lost, night.unsealed, night.left]).toEqual([[], 0, 0]);
    expect([night.needless, night.doubled, night.counted]).toEqual([[], 0, night.urls]);
    expect(night.tasks).toEqual(Array.from({ length: 4 }, () => ({ state: 'done', outcome: 'ok' })));
    expect(night.again).toBeLessThanOrEqual(night.kills * night.walks);
    expect([night.evidence.first, night.evidence.captures.sound]).toEqual([null, night.urls]);
  }, 300_000);
});
