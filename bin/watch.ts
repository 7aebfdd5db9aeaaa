/** Tells the progress of a run in words: one moving line on a terminal, a plain line every few seconds elsewhere. */

import type { RunCounts, RunState } from '../core/model/run.ts';
import type { Db } from '../db/connect.ts';
import { readRun } from '../db/repositories/read-run.ts';

const number = (n: number): string => n.toLocaleString('zh-CN');

/** "进度 40/64 · 页面 512 · 招聘信息 420 · 新增疑点 130 · 新案件 22". */
export const sentenceOf = (c: RunCounts): string =>
  [
    `进度 ${c.accountsDone}/${c.accountsPlanned}`,
    ...(c.accountsAgain > 0 ? [`待复筛 ${c.accountsAgain}`] : []),
    `页面 ${number(c.pages)}`,
    `招聘信息 ${number(c.posts)}`,
    `新增疑点 ${number(c.newFindings)}`,
    `新案件 ${number(c.casesOpened)}`,
    ...(c.walls > 0 ? [`受限 ${c.walls}`] : []),
    ...(c.errors > 0 ? [`错误 ${c.errors}`] : []),
  ].join(' · ');

/**
 * Follows a run to its end.
 * @param out where to tell it; nothing is told when it is null
 * @returns the state it ended in, or `running` when the signal aborted
 */
export async function watchRun(
  db: Db,
  runId: string,
  out: NodeJS.WriteStream | null,
  signal: AbortSignal,
): Promise<{ state: RunState; counts: RunCounts | null }> {
  let told = 0;
  for (;;) {
    const detail = await readRun(db, runId);
    if (!detail) return { state: 'failed', counts: null };
    const { state, counts } = detail.run;
    const over = state !== 'running' || signal.aborted;
    if (out && (out.isTTY || over || Date.now() - told > 5_000)) {
      told = Date.now();
      out.write(out.isTTY ? `\r\x1b[2K巡查 ${sentenceOf(counts)}${over ? '\n' : ''}` : `巡查 ${sentenceOf(counts)}\n`);
    }
    if (over) return { state, counts };
    await new Promise((resolve) => setTimeout(resolve, 700));
  }
}
