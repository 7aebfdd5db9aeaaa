/** The hostile server suite, drawn half: the same path with one real browser for all, which every attack leaves as it was. */
import { chmod, readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BrowserHost, createBrowserHost } from '../../bin/browser.ts';
import { DRAWN_ATTACKS } from '../support/hostile-drawn-attacks.ts';
import { expectOutcome, settled } from '../support/hostile-suite.ts';
import { type Attack, type Came, type HostileWorld, hostileWorld, ownTemporary } from '../support/hostile-world.ts';

let slow: HostileWorld;
let world: HostileWorld;
let host: BrowserHost;
let temporary: Awaited<ReturnType<typeof ownTemporary>>;

const meetings = new Map<Attack, Promise<Came>>();
const LANES = 4;

const held = DRAWN_ATTACKS.filter((attack) => attack.outcome === 'timeout');
const others = DRAWN_ATTACKS.filter((attack) => attack.outcome !== 'timeout');
/** For those that hold on to the end; the others have the product's own limit, which none of them needs. */
const SHORT_MS = 2_500;

/** Most of their time is waiting: those that hold on to the end wait at once, the others after them, four at a time. */
function meetAll(): void {
  const begin = (of: HostileWorld, attack: Attack, after: Promise<unknown>): Promise<unknown> => {
    const meeting = after.then(() => of.meet(attack));
    meetings.set(attack, meeting);
    return meeting.catch(() => undefined);
  };
  const first = Promise.all(held.map((attack) => begin(slow, attack, Promise.resolve())));
  const lanes: Promise<unknown>[] = Array.from({ length: LANES }, () => first);
  for (const [i, attack] of others.entries()) lanes[i % LANES] = begin(world, attack, lanes[i % LANES]!);
}

/** Processes of this test's browser: it is the only one with a profile in this folder. */
async function processes(part = ''): Promise<number> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return commands.filter((command) => command.includes(temporary.dir) && command.includes(part)).length;
}

beforeAll(async () => {
  temporary = await ownTemporary();
  // As root the browser runs under another identity, which must be able to enter.
  await chmod(temporary.dir, 0o755);
  host = createBrowserHost({ dataDir: temporary.dir, log: () => undefined });
  await host.get();
  slow = await hostileWorld(held, temporary.dir, () => host.get(), SHORT_MS);
  world = await hostileWorld(others, temporary.dir, () => host.get());
  meetAll();
});
afterAll(async () => {
  await Promise.all([slow?.close(), world?.close()]);
  await host?.close();
  await temporary?.restore();
});

describe('hostile pages in the browser', () => {
  it.each(held)('$name: $outcome', async (attack) => expectOutcome(slow, attack, meetings.get(attack)));
  it.each(others)('$name: $outcome', async (attack) => expectOutcome(world, attack, meetings.get(attack)));
});

describe('afterwards', () => {
  it('nothing of ours was reached, and no page, connection or file is left behind', async () => {
    expect([...slow.hits, ...world.hits]).toEqual([]);
    expect((await host.get()).contexts()).toEqual([]);
    for (const one of [slow, world]) expect(await settled(await one.leave())).toBe(0);
    await host.close();
    expect(await settled(() => processes())).toBe(0);
    // Evidence, and the browser's own home.
    const ours = ['browser', 'fonts', 'kept', 'warc'];
    expect((await readdir(temporary.dir)).filter((name) => !ours.includes(name))).toEqual([]);
    const profiles = async (): Promise<number> => (await readdir(`${temporary.dir}/browser`)).filter((name) => name.startsWith('profile')).length;
    expect(await settled(profiles)).toBe(0);
  });
});
