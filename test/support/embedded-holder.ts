/** A process of its own that starts or adopts the embedded server of a folder, says which, and leaves when its input ends. */
import { PinchaError } from '../../core/errors.ts';
import { startEmbedded } from '../../db/embedded/server.ts';

const [, , dir = ''] = process.argv;
try {
  const server = await startEmbedded(dir);
  process.stdout.write(`${JSON.stringify({ started: server.started })}\n`);
  process.stdin.resume().on('end', () => void server.close().then(() => process.exit(0)));
} catch (error) {
  process.stdout.write(`${JSON.stringify({ error: error instanceof PinchaError ? { code: error.code, reason: error.details['reason'] } : String(error) })}\n`);
  process.exitCode = 1;
}
