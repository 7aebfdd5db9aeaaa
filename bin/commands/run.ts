/** What commands share: the store they open is closed whatever happens. */
import { loadConfig } from '../../core/config.ts';
import { openStore, type Store } from '../store.ts';

export type { Run } from './outcome.ts';

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
