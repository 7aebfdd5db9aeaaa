/** `pincha platform`: who receives notices, where, and the secret both sides sign with. */
import type { Command } from 'commander';
import { newSecret } from '../../cases/notice/sign.ts';
import { systemClock } from '../../core/clock.ts';
import { PinchaError } from '../../core/errors.ts';
import { listNoticeDesks, savePlatform } from '../../db/repositories/platform.ts';
import { type Run, tell, withStore } from './run.ts';

async function add(id: string, options: { name: string; noticeUrl?: string }): Promise<number> {
  if (!/^[a-z0-9][a-z0-9-]{0,59}$/.test(id)) throw new PinchaError('INPUT_INVALID', { field: 'id', reason: `${id}；须为小写字母、数字和短横` });
  const { name, noticeUrl } = options;
  if (noticeUrl && (!URL.canParse(noticeUrl) || !/^https?:$/.test(new URL(noticeUrl).protocol))) {
    throw new PinchaError('INPUT_INVALID', { field: '--notice-url', reason: `不是 http(s) 地址：${noticeUrl}` });
  }
  const saved = await withStore(async (store) => {
    await savePlatform(store.db, { id, name, noticeUrl: noticeUrl ?? null, secret: newSecret(), now: systemClock.now() });
    return (await listNoticeDesks(store.db)).find((p) => p.id === id);
  });
  tell(`${id}  ${name}  ${noticeUrl ?? '（未配置接收地址，通知将留在待投递）'}`);
  tell(`签名密钥（请经安全渠道交给平台）：${saved?.secret ?? ''}`);
  return 0;
}

export function platformCommands(program: Command, run: Run): void {
  const platform = program.command('platform').description('接收通知的平台 / platforms that receive notices');
  platform
    .command('add <id>')
    .description('新增或修改平台，显示签名密钥 / add or change a platform, shows its secret')
    .requiredOption('--name <name>', '名称 / name')
    .option('--notice-url <url>', '通知接收地址 / where notices are posted')
    .action((id: string, options: { name: string; noticeUrl?: string }) => run(() => add(id, options)));
  platform
    .command('list')
    .description('列出平台 / list platforms')
    .action(() =>
      run(async () => {
        for (const p of await withStore((store) => listNoticeDesks(store.db))) tell(`${p.id.padEnd(16)} ${p.name}  ${p.noticeUrl ?? '未配置接收地址'}`);
        return 0;
      }),
    );
}
