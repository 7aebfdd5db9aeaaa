/**
 * The embedded PostgreSQL: initialised once (under another name, then renamed, so a killed initialise leaves
 * nothing half-made), started detached with a log file, on a Unix socket only. Several processes may ask for the
 * same folder: one starts it, the others adopt it, and the last one out stops it.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { sha256 } from '../../core/digest.ts';
import { PinchaError } from '../../core/errors.ts';
import { type Binaries, findBinaries } from './binaries.ts';
import { checkReachable, databaseOwner, give, type Owner } from './owner.ts';
import { alive, livePostgres, startTicks } from './processes.ts';

const PORT = 54_329;
const USER = 'pincha';
/** How long a start may take; recovery after a kill of a busy server is the slow case. */
const START_MS = 60_000;

export interface EmbeddedServer {
  /** True when this call started it, false when it adopted a running one. */
  readonly started: boolean;
  url(database: string): string;
  /** Leaves; stops the server when no other live process holds it. */
  close(): Promise<void>;
}

interface Place {
  readonly dir: string;
  readonly socketDir: string;
  readonly owner: Owner;
}

/** Where the socket of a data folder stands: a short path, it may have 107 bytes at most. */
const socketPath = (dir: string): string => path.join(os.tmpdir(), `pincha-${sha256(path.resolve(dir)).slice(0, 10)}`);

/** The address of a database on the embedded server of a data folder, running or not. */
export const embeddedUrl = (dir: string, database: string): string =>
  `postgres://${USER}@localhost:${PORT}/${database}?host=${encodeURIComponent(socketPath(dir))}`;

/** Makes the private folder for the socket. */
function socketFolder(dir: string, owner: Owner): string {
  const folder = socketPath(dir);
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (process.getuid?.() === 0) give(folder, owner);
  const stat = fs.lstatSync(folder);
  if (!stat.isDirectory() || stat.uid !== (owner.uid ?? process.getuid?.() ?? stat.uid)) {
    throw new PinchaError('DATABASE_START', { reason: `${folder} belongs to somebody else` });
  }
  return folder;
}

/** Removes what initialises that were killed left behind. */
function sweepInitialises(dir: string): void {
  const prefix = `${path.basename(dir)}.init-`;
  for (const name of fs.readdirSync(path.dirname(dir))) {
    if (name.startsWith(prefix) && !alive(Number(name.slice(prefix.length)))) fs.rmSync(path.join(path.dirname(dir), name), { recursive: true, force: true });
  }
}

function initialise({ initdb }: Binaries, { dir, owner }: Place): void {
  sweepInitialises(dir);
  if (fs.existsSync(path.join(dir, 'PG_VERSION'))) return;
  const fresh = `${dir}.init-${process.pid}`;
  fs.rmSync(fresh, { recursive: true, force: true });
  fs.mkdirSync(fresh, { recursive: true, mode: 0o700 });
  give(fresh, owner);
  const args = ['-D', fresh, '-U', USER, '-E', 'UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--lc-messages=C'];
  const made = spawnSync(initdb, [...args, '--auth-local=trust', '--auth-host=reject', '--no-instructions', '--data-checksums'], {
    ...owner,
    cwd: '/',
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  if (made.status !== 0) throw new PinchaError('DATABASE_START', { reason: `initdb: ${(made.stderr || made.error?.message || '').trim().slice(-600)}` });
  try {
    fs.renameSync(fresh, dir);
  } catch {
    // Another process won: its folder serves as well.
    fs.rmSync(fresh, { recursive: true, force: true });
    if (!fs.existsSync(path.join(dir, 'PG_VERSION'))) throw new PinchaError('DATABASE_START', { reason: `${dir} is in the way` });
  }
}

const postmasterPid = (dir: string): number | null => {
  try {
    return Number.parseInt(fs.readFileSync(path.join(dir, 'postmaster.pid'), 'utf8'), 10);
  } catch {
    return null;
  }
};

async function canConnect(place: Place): Promise<boolean> {
  const client = new pg.Client({ host: place.socketDir, port: PORT, user: USER, database: 'postgres', connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Locks left by a killed server; PostgreSQL refuses to start while a pid in them looks alive (a zombie, a reused pid). */
function dropStaleLocks({ dir, socketDir }: Place): void {
  const locks = [
    path.join(dir, 'postmaster.pid'),
    ...fs
      .readdirSync(socketDir)
      .filter((n) => n.endsWith('.lock'))
      .map((n) => path.join(socketDir, n)),
  ];
  for (const lock of locks) {
    try {
      if (!livePostgres(Number.parseInt(fs.readFileSync(lock, 'utf8'), 10), dir)) fs.rmSync(lock, { force: true });
    } catch {
      // Gone meanwhile: another starter cleaned up.
    }
  }
}

function spawnServer({ postgres }: Binaries, { dir, socketDir, owner }: Place, logFile: string): ChildProcess {
  const log = fs.openSync(logFile, 'a');
  give(logFile, owner);
  const settings = ['listen_addresses=', `unix_socket_directories=${socketDir}`, 'unix_socket_permissions=0700', 'shared_buffers=256MB', 'max_connections=80'];
  const child = spawn(postgres, ['-D', dir, '-p', String(PORT), ...settings.flatMap((s) => ['-c', s])], {
    ...owner,
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, LC_ALL: 'C' },
  });
  fs.closeSync(log);
  child.unref();
  return child;
}

const tailOf = (file: string, from: number): string => (fs.existsSync(file) ? fs.readFileSync(file).subarray(from).toString('utf8').trim().slice(-800) : '');

/** One attempt: adopt a running server or start one; throws with the server's own words when it gives up. */
async function startOnce(binaries: Binaries, place: Place): Promise<boolean> {
  const running = postmasterPid(place.dir);
  if (running !== null && livePostgres(running, place.dir)) {
    for (let i = 0; i < 300; i += 1) {
      if (await canConnect(place)) return false;
      if (!livePostgres(running, place.dir)) break;
      await sleep(50);
    }
  }
  dropStaleLocks(place);
  const logFile = path.join(place.dir, 'server.log');
  const from = fs.existsSync(logFile) ? fs.statSync(logFile).size : 0;
  const child = spawnServer(binaries, place, logFile);
  let failure: string | null = null;
  child.once('error', (error) => {
    failure = error.message;
  });
  child.once('exit', (code) => {
    failure ??= `exit ${code}`;
  });
  for (const until = Date.now() + START_MS; Date.now() < until; ) {
    if (await canConnect(place)) return postmasterPid(place.dir) === child.pid;
    if (failure !== null) throw new PinchaError('DATABASE_START', { reason: `${failure}: ${tailOf(logFile, from)}` });
    await sleep(15);
  }
  throw new PinchaError('DATABASE_START', { reason: `no answer after ${START_MS / 1000} s: ${tailOf(logFile, from)}` });
}

async function startWithRetries(binaries: Binaries, place: Place): Promise<boolean> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await startOnce(binaries, place);
    } catch (error) {
      // A server killed a moment ago still holds its shared memory, or another starter won the race.
      const passing = error instanceof PinchaError && /lock file|shared memory|still in use/.test(String(error.details['reason']));
      if (!passing || attempt >= 60) throw error;
      await sleep(150);
    }
  }
}

/** Registers this process as a holder; returns a function that leaves and says whether nobody else is left. */
function hold(dir: string): () => boolean {
  const folder = `${dir}.holders`;
  fs.mkdirSync(folder, { recursive: true });
  const mine = path.join(folder, `${process.pid}-${Math.random().toString(36).slice(2, 8)}`);
  fs.writeFileSync(mine, startTicks(process.pid) ?? '');
  return () => {
    fs.rmSync(mine, { force: true });
    const others = fs.readdirSync(folder).filter((name) => {
      const pid = Number.parseInt(name, 10);
      const file = path.join(folder, name);
      const ticks = startTicks(pid);
      let said = '';
      try {
        said = fs.readFileSync(file, 'utf8');
      } catch {
        return false;
      }
      const lives = alive(pid) && (ticks === null || said === '' || said === ticks);
      if (!lives) fs.rmSync(file, { force: true });
      return lives;
    });
    return others.length === 0;
  };
}

async function stopServer(dir: string): Promise<void> {
  const pid = postmasterPid(dir);
  if (pid === null || !livePostgres(pid, dir)) return;
  // SIGINT is PostgreSQL's fast shutdown: sessions end, everything committed is kept.
  process.kill(pid, 'SIGINT');
  for (const until = Date.now() + 20_000; Date.now() < until && livePostgres(pid, dir); ) await sleep(10);
}

/**
 * Starts or adopts the embedded server.
 * @param dir data folder; it need not exist
 * @throws PinchaError DATABASE_START with the server's own words
 */
export async function startEmbedded(dir: string): Promise<EmbeddedServer> {
  const binaries = await findBinaries();
  const owner = databaseOwner();
  fs.mkdirSync(path.dirname(path.resolve(dir)), { recursive: true });
  const place: Place = { dir: path.resolve(dir), socketDir: socketFolder(dir, owner), owner };
  checkReachable(path.dirname(place.dir), owner);
  const leave = hold(place.dir);
  try {
    initialise(binaries, place);
    const started = await startWithRetries(binaries, place);
    return {
      started,
      url: (database) => embeddedUrl(place.dir, database),
      close: async () => {
        if (leave()) await stopServer(place.dir);
      },
    };
  } catch (error) {
    leave();
    throw error;
  }
}
