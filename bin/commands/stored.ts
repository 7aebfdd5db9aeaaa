/** Commands on the store: `crawl`, `import`, `licence check`, `evidence verify`, `user`, `doctor`. */
import type { Command } from 'commander';
import { createLicenceMatcher, noList } from '../../classifiers/licence/match.ts';
import { localDate, systemClock } from '../../core/clock.ts';
import { loadConfig } from '../../core/config.ts';
import { PinchaError } from '../../core/errors.ts';
import { OBTAINED } from '../../core/model/intake.ts';
import { type Actor, ROLES, type Role } from '../../core/model/role.ts';
import { inTransaction } from '../../db/connect.ts';
import { currentList, reviewList, rowsOfList } from '../../db/repositories/licence.ts';
import { listUsers } from '../../db/repositories/user.ts';
import { beginRun } from '../../queue/runs.ts';
import { doctor } from '../doctor.ts';
import { captureRequest, importCaptureFiles } from '../import-captures.ts';
import { importPosts, type PostImportOptions } from '../import-posts.ts';
import { type ImportResult, importCompanies, importLicences } from '../imports.ts';
import { holderOf, lockData } from '../lock.ts';
import { invite, renewPassword } from '../people.ts';
import { openService, type Service } from '../service.ts';
import { makeDataDir } from '../store.ts';
import { watchRun } from '../watch.ts';
import { packageCommands, verifyPackageFile } from './evidence.ts';
import { rootCommands, verifyStore } from './roots.ts';
import { type Run, tell, withStore } from './run.ts';

const json = (value: unknown): void => tell(JSON.stringify(value, null, 2));
const config = () => loadConfig(process.env);

/** Crawls all sources now; works itself unless a running `start` does. */
async function crawl(): Promise<number> {
  const settings = config();
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  if (holderOf(settings.dataDir) !== null) {
    return withStore(async (store) => {
      const context = { db: store.db, config: settings, clock: systemClock, log: store.log };
      const { runId } = await beginRun(context, 'demand', '命令行');
      const { state } = await watchRun(store.db, runId, process.stdout, stop.signal);
      return state === 'done' ? 0 : 1;
    });
  }
  makeDataDir(settings.dataDir);
  const unlock = lockData(settings.dataDir);
  let service: Service | null = null;
  try {
    service = await openService(settings, tell);
    await service.startWorkers();
    const { runId } = await beginRun(service.context, 'demand', '命令行');
    const { state } = await watchRun(service.store.db, runId, process.stdout, stop.signal);
    return state === 'done' ? 0 : 1;
  } finally {
    await service?.close();
    unlock();
  }
}

function tellImport(done: ImportResult, asJson: boolean): void {
  if (asJson) {
    json({ ...done, rejected: done.rejected.length, rejects: done.rejected.slice(0, 100) });
    return;
  }
  const columns = Object.entries(done.mapping).map(([field, column]) => `${field}=${column}`);
  const by = { guessed: '按列名识别，请核对', remembered: '沿用此来源上次的对应', given: '由人指定' }[done.mappingBy ?? 'guessed'];
  if (columns.length > 0) tell(`列的对应（${by}）：${columns.join('、')}`);
  tell(
    done.already ? `此文件此前已导入（${done.rows} 行），未作改动` : `已导入 ${done.rows} 行，未能读取 ${done.rejected.length} 行，存疑 ${done.warnings} 处`,
  );
  if (done.diff) {
    const { againstLabel, againstPublishedOn, added, removed, changed, samples } = done.diff;
    tell(`较《${againstLabel}》（${againstPublishedOn}）：新增 ${added}、移出 ${removed}、变更 ${changed}`);
    for (const name of samples.removed.slice(0, 5)) tell(`  移出：${name}`);
    for (const { name, what } of samples.changed.slice(0, 5)) tell(`  变更：${name}（${what}）`);
  }
  if (done.review === 'waiting')
    tell(`移出较多，暂不启用，比对仍用原名录。核对后：pincha licence accept ${done.listId}，或 pincha licence refuse ${done.listId}；也可在“名录”页办理`);
  for (const { line, reason } of done.rejected.slice(0, 10)) tell(`  第 ${line} 行：${reason}`);
}

/** `field=column` pairs. @throws INPUT_INVALID */
function mappingOf(pairs: readonly string[] | undefined): Record<string, string> | undefined {
  if (!pairs || pairs.length === 0) return undefined;
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new PinchaError('INPUT_INVALID', { field: '--map', reason: `须为 字段=列名：${pair}` });
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

/** Stops after the lines in hand; a second Ctrl-C ends at once. */
function stopOnce(): AbortSignal {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  return stop.signal;
}

async function importPostFiles(files: readonly string[], given: Omit<PostImportOptions, 'progress' | 'signal'>, asJson: boolean): Promise<number> {
  const signal = stopOnce();
  for (const file of files) {
    const done = await importPosts(config(), file, { ...given, progress: process.stderr, signal });
    if (asJson) json({ file, ...done });
    else if (done.already) tell(`${file}：此前已导入（${done.posts} 条），未作改动`);
    else
      tell(`${file}：已导入 ${done.posts} 条（新增或变更 ${done.fresh}），未能读取 ${done.rejected}${done.rejected > 0 ? `（原因见 ${done.rejects}）` : ''}`);
    if (!asJson) tell(`  筛查账号 ${done.accounts}，疑点 ${done.findings}，新案件 ${done.cases}，待筛查账号 ${done.waiting}；${done.seconds.toFixed(1)} 秒`);
    if (signal.aborted) {
      tell('已停止；再次运行同一命令即从停止处继续');
      return 1;
    }
  }
  return 0;
}

async function importCapturesOf(files: readonly string[], given: Readonly<Record<string, string | undefined>>, asJson: boolean): Promise<number> {
  const failed = await importCaptureFiles(config(), files, captureRequest(given), (file, done) => {
    if (asJson) json(done instanceof PinchaError ? { file, error: { code: done.code, message: done.message } } : done);
    else if (done instanceof PinchaError) tell(`${file}：${done.message}`);
    else if (done.already) tell(`${file}：此前已导入，未作改动`);
    else {
      const statuses = Object.entries(done.statuses).map(([status, n]) => `${status} ${n}`);
      tell(
        `${file}（${done.format}）：存证 ${done.sealed} 件（${statuses.join('、')}），招聘信息 ${done.posts} 条，新增或变更 ${done.fresh}；未识别 ${done.unknown} 件`,
      );
    }
  });
  return failed > 0 ? 1 : 0;
}

async function importFile(kind: string, files: readonly string[], options: Record<string, string | string[] | boolean | undefined>): Promise<number> {
  const text = (key: string): string | undefined => (typeof options[key] === 'string' ? options[key] : undefined);
  const maps = Array.isArray(options['map']) ? options['map'] : undefined;
  const given = {
    label: text('label'),
    authority: text('authority'),
    publishedOn: text('date'),
    sourceUrl: text('source'),
    mapping: mappingOf(maps),
    complete: options['complete'] === true,
    by: '命令行',
  };
  const asJson = options['json'] === true;
  if (kind === 'posts') return importPostFiles(files, { platform: text('platform'), mapping: given.mapping, rejects: text('rejects') }, asJson);
  if (kind === 'captures') {
    const told = Object.fromEntries(['obtained', 'by', 'note', 'url', 'at', 'platform', 'account'].map((key) => [key, text(key)]));
    return importCapturesOf(files, told, asJson);
  }
  const [file, ...more] = files;
  if (file === undefined || more.length > 0) throw new PinchaError('INPUT_INVALID', { field: 'file', reason: '名录与登记信息须逐个文件导入' });
  if (kind !== 'licences' && kind !== 'companies')
    throw new PinchaError('INPUT_INVALID', { field: 'kind', reason: `${kind}；可用：posts、captures、licences、companies` });
  const work = kind === 'licences' ? importLicences : importCompanies;
  tellImport(await withStore((store) => work(store, file, given)), asJson);
  return 0;
}

const COMMAND_LINE: Actor = { id: 'command-line', name: '命令行', kind: 'service', roles: [] };

const review = (id: string, accept: boolean): Promise<number> =>
  withStore(async (store) => {
    if (!/^[0-9a-f-]{36}$/i.test(id)) throw new PinchaError('INPUT_INVALID', { field: 'id', reason: id.slice(0, 60) });
    const done = await inTransaction(store.db, (tx) => reviewList(tx, id, accept, COMMAND_LINE, systemClock.now()));
    if (!done) throw new PinchaError('NOT_FOUND', { what: `待核的名录 ${id}` });
    tell(accept ? '已启用，此后的比对以此名录为准' : '未启用，比对仍用原名录');
    return 0;
  });

const checkLicence = (query: string, asJson: boolean): Promise<number> =>
  withStore(async (store) => {
    const list = await currentList(store.db);
    const rows = [];
    if (list) for await (const row of rowsOfList(store.db, list.id)) rows.push(row);
    const words = query.trim();
    const asked = /^[0-9A-Za-z]{18}$/.test(words) ? { uscc: words } : /\d{4}.*号|^\d{6,}$/.test(words) ? { licenceNo: words } : { subjectName: words };
    const match = list ? createLicenceMatcher(list, rows, { asOf: localDate(systemClock.now()) }).match(asked) : noList();
    if (asJson) json(match);
    else {
      tell(match.sentence);
      for (const reason of match.reasons) tell(`  ${reason}`);
    }
    return 0;
  });

function userCommands(program: Command, run: Run): void {
  const user = program.command('user').description('用户 / people');
  user
    .command('add <login>')
    .description(`新增用户，显示一次性口令 / add a person (${ROLES.join(', ')})`)
    .requiredOption('--name <name>', '姓名 / name')
    .requiredOption('--role <roles...>', '角色 / roles')
    .action((login: string, { name, role }: { name: string; role: string[] }) =>
      run(async () => {
        const unknown = role.filter((r) => !(ROLES as readonly string[]).includes(r));
        if (unknown.length > 0) throw new PinchaError('INPUT_INVALID', { field: '--role', reason: `${unknown.join('、')}；可用：${ROLES.join('、')}` });
        const added = await withStore((store) => invite(store.db, systemClock, { login, name, roles: role as Role[] }));
        if (!added) throw new PinchaError('INPUT_INVALID', { field: 'login', reason: `${login} 已存在` });
        tell(`${added.login}  一次性口令 ${added.password}`);
        return 0;
      }),
    );
  user
    .command('reset <login>')
    .description('重置口令 / new one-time password')
    .action((login: string) =>
      run(async () => {
        const password = await withStore((store) => renewPassword(store.db, login));
        if (!password) throw new PinchaError('NOT_FOUND', { what: `用户 ${login}` });
        tell(`${login}  一次性口令 ${password}`);
        return 0;
      }),
    );
  user
    .command('list')
    .description('列出用户 / list people')
    .action(() =>
      run(async () => {
        for (const u of await withStore((store) => listUsers(store.db)))
          tell(`${u.login.padEnd(12)} ${u.name}  ${u.roles.join(',')}${u.active ? '' : '  （停用）'}`);
        return 0;
      }),
    );
}

function importCommand(program: Command, run: Run): void {
  program
    .command('import')
    .description('导入 posts（招聘信息）、captures（他人提供的页面、截图、群聊）、licences（许可名录）、companies（登记信息） / import a file')
    .argument('<kind>', 'posts | captures | licences | companies')
    .argument('<files...>', 'jsonl、csv、xlsx、html，招聘信息亦可为其 zip')
    .option('--platform <id>', '招聘信息所属平台 / platform of the posts')
    .option('--label <text>', '名录名称 / what the list is called')
    .option('--authority <text>', '发证机关 / authority')
    .option('--date <YYYY-MM-DD>', '名录日期 / date of the list')
    .option('--source <url>', '名录来源网址 / where the list was published')
    .option('--map <field=column...>', '指定列 / name columns')
    .option('--complete', '登记信息覆盖全部单位（未列入即视为未见登记） / the register covers everybody')
    .option('--rejects <file>', '未能读取的行写入此文件 / unreadable lines go here')
    .option('--obtained <how>', `captures：取得方式 / how it was obtained: ${OBTAINED.join(', ')}`)
    .option('--by <who>', 'captures：由谁提供 / who hands it in')
    .option('--note <text>', 'captures：说明 / in their words')
    .option('--url <url>', 'captures：页面原地址 / address of a single page')
    .option('--at <time>', 'captures：取得时间 / when it was saved or seen')
    .option('--account <name>', 'captures：截图所示账号 / whose post a picture shows')
    .option('--json')
    .action((kind: string, files: string[], options) => run(() => importFile(kind, files, options)));
}

export function storedCommands(program: Command, run: Run): void {
  program
    .command('crawl')
    .description('立即巡查全部来源 / crawl all sources now')
    .action(() => run(crawl));
  importCommand(program, run);
  const licence = program.command('licence').description('许可名录 / licence lists');
  licence
    .command('check <query>')
    .description('按名称、统一社会信用代码或许可证号查名录 / look up a name, code or number')
    .option('--json')
    .action((query: string, options: { json?: boolean }) => run(() => checkLicence(query, options.json === true)));
  for (const [name, words, accept] of [
    ['accept', '启用一份待核的名录 / let a waiting list become current', true],
    ['refuse', '不启用一份待核的名录 / refuse a waiting list', false],
  ] as const) {
    licence
      .command(`${name} <id>`)
      .description(words)
      .action((id: string) => run(() => review(id, accept)));
  }
  const evidence = program.command('evidence').description('存证 / evidence');
  evidence
    .command('verify')
    .description(
      '校验存证链、日根、签名、时间戳与全部存证件；--package 只校验一个证据包 / verify chain, roots, signatures, time-stamps and every capture, or one package',
    )
    .option('--package <file>', '证据包 / an evidence package')
    .option('--root-key <pem>', '出证机关公钥 / public key of the office')
    .option('--tsa-ca <pem>', '所信任的时间戳机构证书 / certificates of time-stamp authorities')
    .option('--key <fingerprint...>', '只信任这些日根签名公钥（SHA-256 指纹） / trust only these keys of roots')
    .option('--sha256 <hex>', '导出回执上的整包摘要 / digest of the whole package as given by the office')
    .option('--json')
    .action((options: { json?: boolean; package?: string; rootKey?: string; tsaCa?: string; sha256?: string; key?: string[] }) => {
      const { package: file, json: asJson, key, ...told } = options;
      return run(() => (file === undefined ? verifyStore(asJson === true, key) : verifyPackageFile(file, { ...told, json: asJson === true })));
    });
  packageCommands(evidence, run);
  rootCommands(evidence, run);
  userCommands(program, run);
  program
    .command('doctor')
    .description('检查本机与数据目录 / check this machine and the data folder')
    .option('--json')
    .action((options: { json?: boolean }) => run(() => doctor(config(), options.json === true)));
}
