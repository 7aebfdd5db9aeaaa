/** A store with its evidence folder and the jobs' context, without queue and browser: what comes in is worked off by hand. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Vault } from '../../core/ports.ts';
import { dispatchWaiting } from '../../db/repositories/outbox.ts';
import { createContentStore } from '../../evidence/store.ts';
import { vaultAt } from '../../evidence/vault.ts';
import { createSealer } from '../../evidence/warc.ts';
import type { JobContext } from '../../queue/context.ts';
import { jobTable } from '../../queue/job-table.ts';
import { archiveContext } from './archive-context.ts';
import { freshDatabase } from './database.ts';

export type IntakeWorld = Awaited<ReturnType<typeof intakeWorld>>;

/** @param vaultIn makes the vault of the evidence from a folder of its own; that folder unless told */
export async function intakeWorld(vaultIn: (dir: string) => Vault = vaultAt) {
  const base = await freshDatabase();
  const dir = await mkdtemp(path.join(tmpdir(), 'pincha-intake-'));
  const vault = vaultIn(dir);
  const sealer = createSealer({ dir: vault });
  const plain = await archiveContext(base.db);
  const own = {
    sealer,
    content: createContentStore(vault),
    config: { ...plain.config, dataDir: dir },
    pictures: null,
    roots: { db: base.db, clock: plain.clock, log: plain.log, keyFile: null, timestamps: null },
  };
  const ctx: JobContext = Object.defineProperties(
    plain,
    Object.fromEntries(Object.entries(own).map(([name, value]) => [name, { value, enumerable: true, configurable: true }])),
  );
  return {
    ...base,
    dir,
    vault,
    ctx,
    /** Runs what waits in the outbox until nothing is left. @returns the jobs that ran */
    async work(): Promise<string[]> {
      const ran: string[] = [];
      for (;;) {
        const events: { topic: string; payload: unknown }[] = [];
        await dispatchWaiting(base.db, new Date(Date.now() + 1_000), 200, async (some) => void events.push(...some));
        if (events.length === 0) return ran;
        for (const { topic, payload } of events) {
          // No browser here.
          if (topic === 'capture.shot') continue;
          await jobTable().get(topic)?.run(payload, ctx);
          ran.push(topic);
        }
      }
    },
    rows: async <T extends Record<string, unknown>>(sql: string, values: unknown[] = []): Promise<T[]> => (await base.pool.query<T>(sql, values)).rows,
    close: async () => {
      await sealer.close();
      await vault.close();
      await base.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
