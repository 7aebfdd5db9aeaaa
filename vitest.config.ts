/** Tests by depth: unit (pure), integration (real database, queue, files), browser (real Chromium). */
import { mkdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { defineConfig } from 'vitest/config';

/** The data folder of the tests themselves holds compiled law only: each of them would compile the same law for two seconds. */
const PINCHA_DATA = path.resolve(import.meta.dirname, 'node_modules/.cache/pincha-test');
mkdirSync(PINCHA_DATA, { recursive: true });
const env = { PINCHA_DATA };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          env,
          include: ['test/unit/**/*.test.ts'],
          testTimeout: 20_000,
          // Pure and many: two at once also on two cores, where one worker is the rule. The others start servers of their own.
          maxWorkers: Math.max(2, os.availableParallelism() - 1),
          // They share nothing that can be changed, so that each file need not load the house anew.
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'integration',
          env,
          sequence: { groupOrder: 1 },
          include: ['test/integration/**/*.test.ts'],
          // Each file has databases, folders and ports of its own, and a process for what modules keep.
          maxWorkers: 2,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          globalSetup: ['test/support/global-postgres.ts'],
        },
      },
      {
        test: {
          name: 'browser',
          env,
          sequence: { groupOrder: 2 },
          include: ['test/browser/**/*.test.ts'],
          // The default of a second is a screen's on an idle machine.
          expect: { poll: { timeout: 15_000 } },
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
          globalSetup: ['test/support/global-postgres.ts'],
        },
      },
    ],
  },
});
