/**
 * How a command runs: what it opens is closed whatever happens; errors of the catalogue are told in words, in both
 * languages, and end in their exit code.
 */
import { loadConfig } from '../../core/config.ts';
import { PinchaError, reasonOf } from '../../core/errors.ts';
import { openStore, type Store } from '../store.ts';

export type Run = (work: () => Promise<number>) => Promise<void>;

/** Runs a command and sets the exit code. */
export const runCommand: Run = async (work) => {
  try {
    process.exitCode = await work();
  } catch (error) {
    const known = error instanceof PinchaError;
    process.stderr.write(known ? `${error.code}: ${error.message}\n  ${error.english}\n` : `INTERNAL: ${reasonOf(error)}\n`);
    if (!known && process.env['LOG_LEVEL'] === 'debug') process.stderr.write(`${error instanceof Error ? error.stack : ''}\n`);
    process.exitCode = 1;
  }
};

/** One line on standard output. */
export const tell = (words: string): void => void process.stdout.write(`${words}\n`);

/** Opens the store of the environment for one command and closes it whatever happens. */
export async function withStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(loadConfig(process.env));
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
