/** `pincha source`: which accounts and boards are crawled. Addresses are checked before they are kept. */
import { type Command, Option } from 'commander';
import { systemClock } from '../../core/clock.ts';
import { loadConfig } from '../../core/config.ts';
import { PinchaError } from '../../core/errors.ts';
import { ROBOTS_PAGE, type RobotsPage } from '../../core/politeness.ts';
import { createAddressGuard } from '../../crawlers/fetch/address-guard.ts';
import { PLATFORMS, platformById } from '../../crawlers/platforms/registry.ts';
import { addSources, listSources, setSourceActive } from '../../db/repositories/source.ts';
import { boardCommands } from './boards.ts';
import { type Run, tell, withStore } from './run.ts';

/**
 * The address of a new source, normalised.
 * @throws PinchaError INPUT_INVALID for an address that is none or is not of the platform, ADDRESS_REFUSED for a private one
 */
export function checkedSourceUrl(platform: string, url: string, allowPrivate: readonly string[]): string {
  const adapter = platformById(platform);
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new PinchaError('INPUT_INVALID', { field: 'url', reason: `不是 http(s) 地址：${url}` });
  if (!adapter.accepts(url)) throw new PinchaError('INPUT_INVALID', { field: 'url', reason: `不属于平台“${adapter.name.zh}”（${adapter.hosts.join('、')}）` });
  return createAddressGuard(allowPrivate).check(url).href;
}

const HOST_PATTERN = /^(\*\.[a-z\d-]+(\.[a-z\d-]+)+|[a-z\d-]+(\.[a-z\d-]+)+)(:\d{1,5})?$/;
const MAX_HOSTS = 50;

/**
 * Patterns of the further hosts a source may lead to; `*.` needs a name of two parts behind it, so that no one allows all of `.cn`.
 * @throws PinchaError INPUT_INVALID naming the pattern
 */
export function checkedHosts(platform: string, hosts: readonly string[]): string[] {
  if (hosts.length > 0 && !platformById(platform).anyHost)
    throw new PinchaError('INPUT_INVALID', { field: '--allow-host', reason: `平台“${platform}”的域名是固定的` });
  if (hosts.length > MAX_HOSTS) throw new PinchaError('INPUT_INVALID', { field: '--allow-host', reason: `最多 ${MAX_HOSTS} 个` });
  const wrong = hosts.find((host) => host.length > 200 || !HOST_PATTERN.test(host));
  if (wrong !== undefined) throw new PinchaError('INPUT_INVALID', { field: '--allow-host', reason: `${wrong}；须如 mp.weixin.qq.com 或 *.example.cn` });
  return [...new Set(hosts)];
}

function platformsCommand(source: Command, run: Run): void {
  source
    .command('platforms')
    .description('列出支持的平台及其能读的内容 / platforms with an adapter and what each reads')
    .option('--json')
    .action((options: { json?: boolean }) =>
      run(async () => {
        const rows = PLATFORMS.map(({ id, name, hosts, anyHost, access, required, can }) => ({
          id,
          name,
          hosts,
          anyHost,
          access,
          required,
          can: Object.keys(can),
        }));
        if (options.json) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
        else for (const row of rows) tell(`${row.id.padEnd(16)} ${row.access.padEnd(8)} ${row.name.zh}  ${row.can.join(' ')}`);
        return 0;
      }),
    );
}

export function sourceCommands(program: Command, run: Run): void {
  const source = program.command('source').description('巡查来源 / what is crawled');
  source
    .command('add <platform> <url>')
    .description(`新增来源 / add a source (${PLATFORMS.map((p) => p.id).join(', ')})`)
    .requiredOption('--name <name>', '名称 / name')
    .option('--allow-host <host...>', '其链接还可以去往的域名（订阅源等）/ further hosts its links may lead to (feeds)')
    .addOption(
      new Option('--robots-page <meaning>', 'robots.txt 返回网页时：open 视为未声明限制，closed 视为禁止 / what a web page in place of robots.txt means')
        .choices(ROBOTS_PAGE)
        .default('open'),
    )
    .action((platform: string, url: string, { name, allowHost, robotsPage }: { name: string; allowHost?: string[]; robotsPage: RobotsPage }) =>
      run(async () => {
        const { allowPrivate } = loadConfig(process.env);
        const row = { platform, name, url: checkedSourceUrl(platform, url, allowPrivate), hosts: checkedHosts(platform, allowHost ?? []), robotsPage };
        const added = await withStore((store) => addSources(store.db, [row], systemClock.now()));
        const { access } = platformById(platform);
        tell(added > 0 ? `已新增：${name}` : '该来源已存在');
        if (access !== 'public') tell('提示：该平台通常须登录才能查看，巡查会如实记录“受限”；可改用平台报送或导入取证文件');
        return 0;
      }),
    );
  boardCommands(source, run);
  platformsCommand(source, run);
  source
    .command('list')
    .description('列出来源 / list sources')
    .action(() =>
      run(async () => {
        for (const s of await withStore((store) => listSources(store.db)))
          tell(`${s.id}  ${s.active ? ' ' : '停'}  ${s.platform.padEnd(14)} ${s.name}  ${s.url}  ${s.lastOutcome ?? '未巡查'}`);
        return 0;
      }),
    );
  source
    .command('pause <id>')
    .description('停用来源 / stop crawling a source')
    .option('--resume', '恢复 / crawl it again')
    .action((id: string, options: { resume?: boolean }) =>
      run(async () => {
        if (!/^[0-9a-f-]{36}$/i.test(id)) throw new PinchaError('INPUT_INVALID', { field: 'id', reason: id });
        const done = await withStore((store) => setSourceActive(store.db, id, options.resume === true));
        if (!done) throw new PinchaError('NOT_FOUND', { what: `来源 ${id}` });
        tell(options.resume ? '已恢复' : '已停用');
        return 0;
      }),
    );
}
