/** `pincha parse`: one saved page. It is called once a page, thousands of times, so it loads the adapters and nothing else. */
import { readFile, stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { PinchaError, reasonOf } from '../../core/errors.ts';
import { parseSaved } from '../../crawlers/platforms/saved.ts';
import type { Run } from './outcome.ts';

const MAX_PAGE = 64 * 1_048_576;

async function readSaved(target: string, options: { platform?: string; url?: string }): Promise<unknown> {
  try {
    const { size } = await stat(target);
    if (size > MAX_PAGE) throw new PinchaError('FILE_TOO_LARGE', { file: target, limit: '64 MB' });
    return parseSaved({ bytes: await readFile(target), file: target, ...options, fetchedAt: null });
  } catch (error) {
    if (error instanceof PinchaError) throw error;
    throw new PinchaError('FILE_UNREADABLE', { file: target, reason: reasonOf(error) }, error);
  }
}

export function parseCommand(program: Command, run: Run): void {
  program
    .command('parse')
    .description('从保存的页面读出账号、招聘信息与状态 / read account, posts and status from a saved page')
    .argument('<file>', '保存的页面 / saved page')
    .option('--platform <id>', '平台 / platform')
    .option('--url <url>', '页面原地址 / address the page was saved from')
    .action((target: string, options) =>
      run(async () => {
        process.stdout.write(`${JSON.stringify(await readSaved(target, options), null, 2)}\n`);
        return 0;
      }),
    );
}
