/** `pincha source preview|board`: boards that are configured in YAML, tried on a page and taken as a source. */
import { readFile, stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { systemClock } from '../../core/clock.ts';
import { loadConfig } from '../../core/config.ts';
import { PinchaError, reasonOf } from '../../core/errors.ts';
import { type LoadedBoard, loadBoard } from '../../crawlers/boards/load.ts';
import { type BoardPreview, previewBoard } from '../../crawlers/boards/preview.ts';
import { createAddressGuard } from '../../crawlers/fetch/address-guard.ts';
import { decodeText } from '../../crawlers/fetch/charset.ts';
import { botAgent, createFetcher } from '../../crawlers/fetch/fetcher.ts';
import { createMemoryHostClock } from '../../crawlers/fetch/host-clock.ts';
import type { PageInput } from '../../crawlers/platforms/types.ts';
import { saveBoardSource } from '../../db/repositories/source.ts';
import { type Run, tell, withStore } from './run.ts';

const MAX_FILE = 16 * 1_048_576;

async function readBounded(file: string): Promise<Buffer> {
  try {
    const { size } = await stat(file);
    if (size > MAX_FILE) throw new PinchaError('FILE_TOO_LARGE', { file, limit: '16 MB' });
    return await readFile(file);
  } catch (error) {
    if (error instanceof PinchaError) throw error;
    throw new PinchaError('FILE_UNREADABLE', { file, reason: reasonOf(error) }, error);
  }
}

/** A board from its file, its address checked like any source's. @throws PinchaError naming field and line */
export async function boardFrom(file: string): Promise<LoadedBoard> {
  const loaded = loadBoard((await readBounded(file)).toString('utf8'), file);
  createAddressGuard(loadConfig(process.env).allowPrivate).check(loaded.board.start);
  return loaded;
}

/** The page to try: a saved file, or one polite look at an address. @throws PinchaError FETCH_FAILED when there is no page */
async function pageFrom(target: string, baseUrl: string): Promise<PageInput> {
  if (!/^https?:\/\//i.test(target)) return { url: baseUrl, html: decodeText(await readBounded(target)).text, fetchedAt: null };
  const config = loadConfig(process.env);
  const fetcher = createFetcher({
    userAgent: botAgent(config.contact),
    from: config.contact,
    allowPrivate: config.allowPrivate,
    floorDelayMs: config.floorDelayMs,
    hostClock: createMemoryHostClock(systemClock),
    clock: systemClock,
  });
  try {
    const { exchange, outcome, reason } = await fetcher.fetch(target);
    if (!exchange) throw new PinchaError('FETCH_FAILED', { url: target, reason: reason ?? outcome });
    const type = exchange.responseHeaders.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? null;
    return { url: exchange.finalUrl, html: decodeText(exchange.body, type).text, mediaType: type, fetchedAt: exchange.fetchedAt };
  } finally {
    await fetcher.close();
  }
}

/** The preview as lines for a terminal: each selector with its count and first values, then what the page comes to. */
export function previewLines({ selectors, page }: BoardPreview): string[] {
  const lines = selectors.flatMap(({ field, selector, found, values }) => [
    `${found > 0 ? '✓' : '✗'} ${field}  ${selector}  ${found} 处`,
    ...values.map((value) => `    ${value.replace(/\n/g, ' ⏎ ')}`),
  ]);
  const reason = page.statusReason ? `（${page.statusReason}）` : '';
  return [...lines, '', `页面状态 ${page.status}${reason}；招聘信息 ${page.posts.length} 条，链接 ${page.links.length} 个`];
}

async function preview(file: string, options: { page: string; url?: string; json?: boolean }): Promise<number> {
  const { board } = await boardFrom(file);
  const result = previewBoard(board, await pageFrom(options.page, options.url ?? board.start));
  if (options.json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  else for (const line of previewLines(result)) tell(line);
  return 0;
}

async function add(file: string): Promise<number> {
  const { board, written } = await boardFrom(file);
  const row = { platform: board.id, name: board.name.zh, url: new URL(board.start).href, board: written };
  const { fresh } = await withStore((store) => saveBoardSource(store.db, row, systemClock.now()));
  tell(fresh ? `已新增：${board.name.zh}（${board.id}）` : `已更新：${board.name.zh}（${board.id}）`);
  return 0;
}

export function boardCommands(source: Command, run: Run): void {
  source
    .command('preview <file>')
    .description('在一个页面上试用 YAML 配置的招聘板，逐项列出选择器取到的内容 / try a board’s selectors on a page')
    .requiredOption('--page <fileOrUrl>', '保存的页面或网址 / a saved page or an address')
    .option('--url <url>', '保存的页面的原地址 / address the page was saved from')
    .option('--json')
    .action((file: string, options: { page: string; url?: string; json?: boolean }) => run(() => preview(file, options)));
  source
    .command('board <file>')
    .description('把 YAML 配置的招聘板加为来源，已有则更新 / take a board configured in YAML as a source, or update it')
    .action((file: string) => run(() => add(file)));
}
