/**
 * The traps of a PostgreSQL that comes inside a package: starts at the same moment, killed servers, a killed
 * initialise, missing links, folders its user cannot reach, machines without a usable locale, two migrators at once.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { PinchaError } from '../../../core/errors.ts';
import { findBinaries, hydrateSymlinks } from '../../../db/embedded/binaries.ts';
import { checkReachable } from '../../../db/embedded/owner.ts';
import { livePostgres } from '../../../db/embedded/processes.ts';
import { embeddedUrl, startEmbedded } from '../../../db/embedded/server.ts';
import { ensureDatabase, migrateDatabase } from '../../../db/migrate.ts';
import { eventually, killAllOn, leftOn } from '../../support/process-tree.ts';

const HOLDER = path.resolve(import.meta.dirname, '../../support/embedded-holder.ts');
const folders: string[] = [];
/** A data folder that does not exist yet, below a parent everybody may pass. */
function place(): string {
  const parent = fs.mkdtempSync(path.join(os.tmpdir(), 'pincha-embedded-'));
  fs.chmodSync(parent, 0o755);
  folders.push(parent);
  return path.join(parent, 'pg');
}
afterEach(async () => {
  for (const folder of folders.splice(0)) {
    await killAllOn(folder);
    fs.rmSync(folder, { recursive: true, force: true });
  }
});

interface Holder {
  readonly child: ChildProcess;
  readonly said: Promise<{ started?: boolean; error?: { code: string; reason: string } }>;
  leave(): Promise<number | null>;
}

function holder(dir: string, env: Record<string, string | undefined> = {}): Holder {
  const child = spawn(process.execPath, ['--import', 'tsx', HOLDER, dir], { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const said = new Promise<Awaited<Holder['said']>>((resolve, reject) => {
    child.stdout.setEncoding('utf8').once('data', (line: string) => resolve(JSON.parse(line)));
    void ended.then((code) => reject(new Error(`ended with ${code} and said nothing`)));
  });
  return {
    child,
    said,
    leave: () => {
      child.stdin.end();
      return ended;
    },
  };
}

const postmaster = (dir: string): number => Number.parseInt(fs.readFileSync(path.join(dir, 'postmaster.pid'), 'utf8'), 10);
async function ask<T>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(sql);
  await client.end();
  return rows.map((row: Record<string, T>) => Object.values(row)[0] as T);
}

describe('several processes', () => {
  it('start at once on a new folder: one starts it, the others adopt it, and the last one out stops it', async () => {
    const dir = place();
    const holders = [holder(dir), holder(dir), holder(dir)];
    const said = await Promise.all(holders.map((h) => h.said));
    expect(said.map((s) => s.error)).toEqual([undefined, undefined, undefined]);
    expect(said.filter((s) => s.started)).toHaveLength(1);
    const pid = postmaster(dir);
    expect(await holders[0]!.leave()).toBe(0);
    expect(await holders[1]!.leave()).toBe(0);
    expect(livePostgres(pid, dir)).toBe(true);
    expect(await ask(embeddedUrl(dir, 'postgres'), 'select 1')).toEqual([1]);
    expect(await holders[2]!.leave()).toBe(0);
    expect(await leftOn(dir)).toEqual([]);
    expect(fs.readdirSync(path.dirname(dir)).sort()).toEqual(['pg', 'pg.holders']);
  });

  it('lets the next one adopt what a killed process left running, and stop it in the end', async () => {
    const dir = place();
    const first = holder(dir);
    await first.said;
    const pid = postmaster(dir);
    first.child.kill('SIGKILL');
    await expect(first.said.then(() => first.leave())).resolves.toBeNull();
    expect(livePostgres(pid, dir)).toBe(true);
    const second = await startEmbedded(dir);
    expect(second.started).toBe(false);
    expect(postmaster(dir)).toBe(pid);
    await second.close();
    expect(await leftOn(dir)).toEqual([]);
  });
});

describe('a killed server', () => {
  it('starts again right away, with everything that was committed', async () => {
    const dir = place();
    const first = await startEmbedded(dir);
    await ask(first.url('postgres'), 'create table kept as select generate_series(1, 5000) as n');
    process.kill(postmaster(dir), 'SIGKILL');
    const second = await startEmbedded(dir);
    expect(second.started).toBe(true);
    expect(await ask(second.url('postgres'), 'select count(*)::int from kept')).toEqual([5000]);
    await Promise.all([first.close(), second.close()]);
    expect(await leftOn(dir)).toEqual([]);
  });

  it('is not kept from starting by locks that name a process of somebody else', async () => {
    const dir = place();
    const first = await startEmbedded(dir);
    const lock = fs.readFileSync(path.join(dir, 'postmaster.pid'), 'utf8');
    await first.close();
    // The pid of the dead server has been given to another program: us.
    fs.writeFileSync(path.join(dir, 'postmaster.pid'), lock.replace(/^\d+/, String(process.pid)));
    const second = await startEmbedded(dir);
    expect(second.started).toBe(true);
    await second.close();
  });

  it('killed in the middle of its initialise leaves nothing half-made, and its rubbish is removed', async () => {
    const dir = place();
    const first = holder(dir);
    first.said.catch(() => undefined);
    await eventually('initialise', 30_000, () => (fs.readdirSync(path.dirname(dir)).some((name) => name.startsWith('pg.init-')) ? true : null));
    await killAllOn(dir);
    expect(fs.existsSync(dir)).toBe(false);
    const server = await startEmbedded(dir);
    expect(await ask(server.url('postgres'), 'select 1')).toEqual([1]);
    await server.close();
    expect(fs.readdirSync(path.dirname(dir)).sort()).toEqual(['pg', 'pg.holders']);
  });
});

describe('a machine that is not as it should be', () => {
  it('gets the links npm left out, and a second start finds them', async () => {
    const { postgres } = await findBinaries();
    const copy = place();
    const root = path.resolve(path.dirname(postgres), '..', '..');
    fs.cpSync(root, copy, { recursive: true, verbatimSymlinks: true });
    const links = (JSON.parse(fs.readFileSync(path.join(copy, 'native/pg-symlinks.json'), 'utf8')) as { target: string }[]).map((l) =>
      path.join(copy, l.target),
    );
    expect(links.length).toBeGreaterThan(0);
    for (const link of links) fs.rmSync(link, { force: true });
    hydrateSymlinks(copy);
    hydrateSymlinks(copy);
    for (const link of links) expect(fs.existsSync(link), link).toBe(true);
    expect(execFileSync(path.join(copy, path.relative(root, postgres)), ['--version'], { encoding: 'utf8' })).toMatch(/^postgres \(PostgreSQL\) 18/);
  });

  it('is told which folder the database’s user cannot enter', () => {
    const dir = place();
    const closed = path.join(path.dirname(dir), 'closed');
    fs.mkdirSync(path.join(closed, 'data'), { recursive: true });
    fs.chmodSync(closed, 0o700);
    const tried = (): void => checkReachable(path.join(closed, 'data', 'pg'), { uid: 61_999, gid: 61_999 });
    expect(tried).toThrowError(PinchaError);
    expect(tried).toThrowError(new RegExp(`61999.*${closed}`));
    fs.chmodSync(closed, 0o711);
    expect(tried).not.toThrow();
  });

  it('says so when something else is in the way', async () => {
    const dir = place();
    fs.mkdirSync(dir);
    fs.writeFileSync(path.join(dir, 'notes.txt'), '');
    await expect(startEmbedded(dir)).rejects.toMatchObject({ code: 'DATABASE_START', details: { reason: expect.stringContaining('in the way') } });
  });

  it.each([
    ['unset', { LANG: undefined, LC_ALL: undefined, LC_CTYPE: undefined }],
    ['not installed', { LANG: 'zh_CN.GB18030', LC_ALL: 'zh_CN.GB18030', LC_CTYPE: 'xx_XX' }],
  ])('has UTF-8 and Chinese letters with a locale that is %s', async (_name, env) => {
    const dir = place();
    const server = holder(dir, env);
    expect(await server.said).toEqual({ started: true });
    const url = embeddedUrl(dir, 'postgres');
    expect(await ask(url, 'show server_encoding')).toEqual(['UTF8']);
    expect(await ask(url, `select upper('é') || ('聘' ~ '^[[:alpha:]]$')::text || length('招聘')`)).toEqual(['Étrue2']);
    expect(await server.leave()).toBe(0);
  });
});

describe('migrations', () => {
  it('run by three processes at once are run once', async () => {
    const admin = inject('adminUrl');
    const name = `m_${process.pid}_${Date.now().toString(36)}`;
    const url = admin.replace('/postgres?', `/${name}?`);
    const prepare = async (): Promise<void> => {
      await ensureDatabase(admin, name);
      await migrateDatabase(url);
    };
    await Promise.all([prepare(), prepare(), prepare()]);
    const applied = await ask<number>(url, 'select count(*)::int from drizzle.__drizzle_migrations');
    const journal = JSON.parse(fs.readFileSync(path.resolve(import.meta.dirname, '../../../db/migrations/meta/_journal.json'), 'utf8')) as {
      entries: unknown[];
    };
    expect(applied).toEqual([journal.entries.length]);
    await ask(admin, `drop database ${name} with (force)`);
  });

  it('say in plain words when there is no server', async () => {
    await expect(migrateDatabase('postgres://nobody@127.0.0.1:1/none')).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' });
  });
});
