/** What holds of every attack, whatever it is. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Attack, Came, HostileWorld } from './hostile-world.ts';

const MB = 1024 * 1024;

/** A count that must come down to nothing; what is left of it after ten seconds. */
export async function settled(count: () => Promise<number>): Promise<number> {
  for (let tries = 0; tries < 200 && (await count()) > 0; tries += 1) await sleep(50);
  return count();
}

/** @param meeting one that has begun; without it one begins */
export async function expectOutcome(world: HostileWorld, attack: Attack, meeting: Promise<Came> = world.meet(attack)): Promise<void> {
  const came = await meeting;
  // A failure of the moment is looked at twice: the last look at each address counts.
  const lasts = [...new Map(came.looks.map((look) => [look.url, look])).values()];
  const last = lasts.at(-1);
  // Its outcome, in the store and in the ledger, with words for it.
  expect(lasts.filter((look) => look.outcome !== attack.outcome || (look.outcome !== 'ok' && !look.reason))).toEqual([]);
  expect(lasts.length).toBe(attack.ways ?? 1);
  expect(came.looks.map((look) => look.ledger)).toEqual(came.looks.map((look) => look.outcome));
  if (attack.reason) expect(last?.reason).toMatch(attack.reason);
  // What was read, and nothing that was not.
  expect(came.texts['/job/attack'] ?? '').toContain(attack.text ?? '');
  expect(Object.keys(came.texts).includes('/job/attack')).toBe(attack.text !== undefined);
  for (const text of Object.values(came.texts)) expect(text).not.toMatch(/伪造|secret/);
  // The rest of its source.
  const walled = attack.others === 'waiting';
  const held = came.others['/job/2'] === 'host_paused' ? { '/job/2': 'host_paused' } : {};
  expect(came.others).toEqual({ '/list': 'ok', '/job/1': 'ok', ...(walled ? held : { '/job/2': 'ok' }) });
  expect(came.waiting.includes('/job/2')).toBe(walled);
  // A wall, and whatever else is no page to draw, never comes to a browser.
  if (attack.path === 'http' || attack.undrawn) expect(came.drawnRequests).toBe(0);
  else expect(last?.via ?? '').toMatch(/browser|http/);
  // What it cost.
  expect(came.sentBytes).toBeLessThanOrEqual(attack.maxBytes ?? 4 * MB);
  expect(came.longestMs).toBeLessThanOrEqual(attack.maxMs ?? world.limitMs * 3);
  expect(await settled(came.open)).toBe(0);
}
