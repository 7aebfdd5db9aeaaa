/** How a command ends: errors of the catalogue are told in words, in both languages, and end in their exit code. */
import { PinchaError, reasonOf } from '../../core/errors.ts';

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
