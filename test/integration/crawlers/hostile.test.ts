/** The hostile server suite, plain half: every attack through the whole path ends in its outcome, within its budget, and leaves nothing behind. */
import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ATTACKS } from '../../support/hostile-attacks.ts';
import { expectOutcome, settled } from '../../support/hostile-suite.ts';
import { trustTestAuthority } from '../../support/hostile-tls.ts';
import { type HostileWorld, hostileWorld, ownTemporary } from '../../support/hostile-world.ts';

let world: HostileWorld;
let temporary: Awaited<ReturnType<typeof ownTemporary>>;
const distrust = trustTestAuthority();

beforeAll(async () => {
  temporary = await ownTemporary();
  world = await hostileWorld(ATTACKS, temporary.dir);
});
afterAll(async () => {
  await world?.close();
  await temporary?.restore();
  distrust();
});

const slow = ATTACKS.filter((attack) => attack.outcome === 'timeout');
// They do nothing but wait: so they wait at once.
describe('hostile servers that keep us waiting', () => {
  it.concurrent.each(slow)('$name: $outcome', async (attack) => expectOutcome(world, attack));
});
describe('hostile servers', () => {
  it.each(ATTACKS.filter((attack) => !slow.includes(attack)))('$name: $outcome', async (attack) => expectOutcome(world, attack));

  it('have reached nothing of ours, and are left without a connection or a file of theirs', async () => {
    expect(world.hits).toEqual([]);
    expect(await settled(await world.leave())).toBe(0);
    expect(await readdir(temporary.dir)).toEqual(['warc']);
  });
});
