/** Politeness between processes, whichever queue hands out the work: four of them, with wrong clocks, on fifty hosts at once. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHostClock } from '../../db/repositories/host.ts';
import { openBackend } from '../../queue/backend.ts';
import { freshDatabase, type TestDatabase } from './database.ts';
import { type HostileServer, startHostileServer } from './hostile-server.ts';
import type { PoliteOrder, PoliteWord } from './polite-process.ts';
import { eventually } from './process-tree.ts';

const HOSTS = 50;
const PAGES_PER_HOST = 6;
const GAP_MS = 1_000;
/** How wrong the clocks of the processes are: behind, right, ahead, on another day. */
const SKEWS_MS = [-90_000, 0, 45_000, 86_400_000];
const PATIENCE_MS = 60_000;

/** @param redisUrl an empty Redis database; without it only PostgreSQL hands out work */
export function politenessSuite(redisUrl?: string): void {
  const queues = [{ name: 'PostgreSQL', redis: undefined }, ...(redisUrl ? [{ name: 'Redis', redis: redisUrl }] : [])];
  describe('politeness between processes', () => {
    let database: TestDatabase;
    let servers: HostileServer[] = [];
    let children: ChildProcess[] = [];
    const words: PoliteWord[] = [];
    const said = <W extends PoliteWord['word']>(word: W): Extract<PoliteWord, { word: W }>[] =>
      words.filter((one): one is Extract<PoliteWord, { word: W }> => one.word === word);

    beforeAll(async () => {
      database = await freshDatabase();
      const robots = createHostClock(database.db);
      servers = await Promise.all(Array.from({ length: HOSTS }, () => startHostileServer({ '*': (_, response) => void response.end('<p>一页</p>') })));
      // Known beforehand: what is measured are visits.
      for (const { origin } of servers) await robots.saveRobots(origin, { status: 404, body: '' });
      const program = fileURLToPath(new URL('./polite-process.ts', import.meta.url));
      children = SKEWS_MS.map((skewMs) => {
        const child = fork(program, { execArgv: ['--import', 'tsx'], stdio: 'inherit' });
        child.on('message', (message) => words.push(message as PoliteWord));
        const hosts = servers.map(({ port }) => `127.0.0.1:${port}`);
        child.send({ database: database.url, queues, hosts, gapMs: GAP_MS, skewMs } satisfies PoliteOrder);
        return child;
      });
      await eventually('all processes', PATIENCE_MS, () => (said('ready').length === SKEWS_MS.length ? true : null));
    });
    afterAll(async () => {
      for (const child of children) child.kill('SIGKILL');
      await Promise.all(servers.map((one) => one.close()));
      await database.close();
    });

    it(`starts no two requests to a host nearer than its delay (work handed out by ${queues.map((queue) => queue.name).join(' and ')})`, async () => {
      const pages = Array.from({ length: PAGES_PER_HOST }, (_, page) => servers.map(({ origin }) => `${origin}/p${page}`)).flat();
      for (const [i, { name, redis }] of queues.entries()) {
        const backend = await openBackend({ database: database.url, redis }, () => undefined);
        const queue = backend.queue(name);
        const mine = pages.filter((_, n) => n % queues.length === i);
        await queue.addBulk(mine.map((url) => ({ name: 'visit', data: { url }, opts: { removeOnComplete: true } })));
        await queue.close();
        await backend.close();
      }
      await eventually('all visits', PATIENCE_MS, () => (said('visited').length >= pages.length ? true : null));
      for (const child of children) child.send('starts');
      await eventually('all starts', PATIENCE_MS, () => (said('started').length === children.length ? true : null));
      const starts = new Map<string, number[]>();
      for (const [host, at] of said('started').flatMap((one) => one.starts)) starts.set(host, [...(starts.get(host) ?? []), at]);
      const gaps = [...starts.values()].flatMap((unordered) => {
        const times = unordered.toSorted((a, b) => a - b);
        return times.slice(1).map((at, i) => at - (times[i] ?? 0));
      });
      expect(said('visited').every((one) => one.outcome === 'ok')).toBe(true);
      expect(starts.size).toBe(HOSTS);
      // Every process had a hand in it, or nothing was shared.
      expect(said('started').every((one) => one.starts.length > 0)).toBe(true);
      expect(gaps.length).toBeGreaterThanOrEqual(HOSTS * (PAGES_PER_HOST - 1));
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(GAP_MS);
    });
  });
}
