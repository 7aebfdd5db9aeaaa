/** `pincha start`: everything in one process, the first crawl at once, an orderly end on any signal. */
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startReplay } from '../api/replay/server.ts';
import { createApi } from '../api/server.ts';
import { nameKey } from '../classifiers/licence/names.ts';
import { systemClock } from '../core/clock.ts';
import type { Config } from '../core/config.ts';
import { PinchaError, reasonOf } from '../core/errors.ts';
import { anyRun, stopRun } from '../db/repositories/run.ts';
import { sourcesToVisit } from '../db/repositories/source.ts';
import { receiveBatch } from '../queue/batches.ts';
import { beginRun, catchUpNight } from '../queue/runs.ts';
import { watchInbox } from './inbox.ts';
import { checkDisk, lockData } from './lock.ts';
import { createPackageDesk } from './package-desk.ts';
import { firstPeople, type Invited } from './people.ts';
import { rootMakers } from './roots.ts';
import { createRuleDesk } from './rule-desk.ts';
import { openService, type Service } from './service.ts';
import { createSourceDesk } from './source-desk.ts';
import { makeDataDir } from './store.ts';
import { VERSION } from './version.ts';
import { watchRun } from './watch.ts';

const UI_DIR = fileURLToPath(new URL('../review-ui/dist', import.meta.url));
/** An end that takes longer than this is forced. */
const CLOSE_MS = 25_000;

const say = (words: string): void => {
  process.stdout.write(`${words}\n`);
};

/** Fails early and plainly, before a database is started for nothing. */
async function checkPort(port: number, host: string): Promise<void> {
  if (port === 0) return;
  const server = net.createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new PinchaError('PORT_TAKEN', { port }) : new PinchaError('INTERNAL', { reason: error.message })),
    );
    server.listen(port, host, () => server.close(() => resolve()));
  });
}

async function openWeb(service: Service): Promise<{ url: string; close: () => Promise<void> }> {
  const { store, context, law } = service;
  const { config } = store;
  const replay = await startReplay({ clock: systemClock, host: config.host, port: config.replayPort, publicUrl: config.replayUrl ?? null });
  const api = await createApi({
    db: store.db,
    config,
    clock: systemClock,
    log: store.log.child({ part: 'api' }),
    readCapture: (place) => store.sealer.read(place),
    content: store.content,
    startRun: async (actor) => ({ runId: (await beginRun(context, 'demand', actor.name)).runId }),
    stopRun: async (runId) => void (await stopRun(store.db, runId, systemClock.now())),
    screen: (posts) => posts.map((post) => law.screening().screener.screen(post)),
    receiveBatch: (batch) => receiveBatch(context, batch),
    rules: createRuleDesk(law),
    sources: createSourceDesk([...config.allowPrivate, ...(service.sandbox?.hosts ?? [])], config.demo, (url, how) => context.fetcher.fetch(url, how)),
    packages: createPackageDesk({ ...store, clock: systemClock, makers: rootMakers(store, systemClock) }, replay),
    nameKey,
    uiDir: UI_DIR,
    version: VERSION,
  });
  const url = await api.listen({ port: config.port, host: config.host });
  return { url, close: async () => void (await Promise.all([api.close(), replay.close()])) };
}

function tellPeople(people: readonly Invited[], demo: boolean): void {
  if (people.length === 0) return;
  say(`\n  一次性口令（${demo ? '未修改前每次启动会更换' : '首次登录后须修改；未修改前每次启动会更换'}）：`);
  for (const { login, name, password } of people) say(`    ${login.padEnd(8)} ${password}   ${name}`);
  say('');
}

async function firstRun(service: Service, signal: AbortSignal): Promise<void> {
  const { context, store } = service;
  if (await anyRun(store.db)) {
    await catchUpNight(context);
    return;
  }
  if ((await sourcesToVisit(store.db, null)).length === 0) {
    say('尚无巡查来源：用 npx pincha source add 新增，或用 npx pincha import 导入文件。');
    return;
  }
  const { runId } = await beginRun(context, 'demand', '首次启动');
  const { state } = await watchRun(store.db, runId, process.stdout, signal);
  if (state === 'done') say('首次巡查完成，可在“队列”中查看案件。Ctrl-C 停止。');
}

/** Resolves when somebody asks us to end: a signal, or our guardian is gone. A terminal sends Ctrl-C more than once. */
const asked = (): Promise<string> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve(signal));
    process.once('disconnect', () => resolve('disconnect'));
  });

/** Nothing is lost by it: what was under way is taken up by the next start. The log's last `closing` names what did not end. */
function forceEnd(): void {
  const end = (): never => {
    say(`停止超过 ${CLOSE_MS / 1_000} 秒，现强制结束；未完成的工作下次启动时继续，原因见数据目录中的 pincha.log。`);
    process.exit(1);
  };
  setTimeout(end, CLOSE_MS).unref();
}

/** Runs until asked to end. @returns the exit code @throws PinchaError PORT_TAKEN, DATA_LOCKED, DISK_FULL, DATABASE_START … */
export async function start(config: Config): Promise<number> {
  const ending = asked();
  const closing = new AbortController();
  makeDataDir(config.dataDir);
  const unlock = lockData(config.dataDir);
  let service: Service | null = null;
  try {
    checkDisk(config.dataDir);
    await checkPort(config.port, config.host);
    service = await openService(config, say);
    const web = await openWeb(service);
    service.sandbox?.setNotifyUrl(`${web.url}/api/v1/platform/notices`);
    await service.startWorkers();
    const unwatch = config.inboxDir ? watchInbox(service.context, path.resolve(config.inboxDir)) : null;
    say(`聘查 Pincha ${VERSION}${config.demo ? '（演示模式）' : ''}  →  ${web.url}`);
    tellPeople(await firstPeople(service.store.db, systemClock, config.demo), config.demo);
    const running = firstRun(service, closing.signal).catch((error: unknown) => service?.store.log.error({ error: reasonOf(error) }, 'first run'));
    const why = await ending;
    say(`\n正在停止（${why}） …`);
    forceEnd();
    closing.abort();
    await unwatch?.();
    await running;
    await web.close();
    await service.close();
    service = null;
    say('已停止，数据已保存。');
    return 0;
  } finally {
    await service?.close();
    unlock();
  }
}
