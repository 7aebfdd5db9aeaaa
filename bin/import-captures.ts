/**
 * `pincha import captures`: files people hand in, each sealed with who brought it and how it was obtained, read by the
 * adapters, and screened at once unless a server runs on the same store, which then does it.
 */
import { systemClock } from '../core/clock.ts';
import type { Config } from '../core/config.ts';
import { PinchaError } from '../core/errors.ts';
import { type HowObtained, OBTAINED, OBTAINED_ZH } from '../core/model/intake.ts';
import { clusterDirty } from '../queue/clustering.ts';
import { type CaptureImport, type CaptureRequest, importCaptures } from '../queue/import-captures.ts';
import { readPictures } from '../queue/jobs/read-pictures.ts';
import { screenAccountsNow } from '../queue/jobs/screen-account.ts';
import { screenDue } from '../queue/screen-due.ts';
import { holderOf } from './lock.ts';
import { openService, type Service } from './service.ts';

const WAYS = OBTAINED.map((how) => `${how}（${OBTAINED_ZH[how]}）`).join('、');

/** What was given on the command line, checked. @throws PinchaError INPUT_INVALID naming the option */
export function captureRequest(given: Readonly<Record<string, string | undefined>>): Omit<CaptureRequest, 'file'> {
  const { obtained, by, note, url, at, platform, account } = given;
  const wrong = (field: string, reason: string): PinchaError => new PinchaError('INPUT_INVALID', { field, reason });
  if (!obtained || !(OBTAINED as readonly string[]).includes(obtained)) throw wrong('--obtained', `须写明取得方式：${WAYS}`);
  if (!by?.trim()) throw wrong('--by', '须写明由谁提供');
  if (url !== undefined && !/^https?:\/\//i.test(url)) throw wrong('--url', `须为 http(s) 地址：${url.slice(0, 100)}`);
  const when = at === undefined ? null : new Date(/^\d{4}-\d{2}-\d{2}( |T)\d{2}:\d{2}(:\d{2})?$/.test(at) ? `${at.replace(' ', 'T')}+08:00` : at);
  if (when && Number.isNaN(when.getTime())) throw wrong('--at', `须为时间，如 2026-11-20 10:30：${at?.slice(0, 40)}`);
  if (when && when > systemClock.now()) throw wrong('--at', '晚于现在');
  return {
    obtained: obtained as HowObtained,
    by: by.trim().slice(0, 200),
    note: note?.slice(0, 1_000) ?? null,
    url: url ?? null,
    at: when,
    platform: platform ?? null,
    account: account?.slice(0, 200) ?? null,
  };
}

async function screenNow(service: Service, accountIds: readonly string[]): Promise<void> {
  const { context } = service;
  await screenDue(context);
  if (!context.pictures) return;
  for (const accountId of accountIds) {
    await readPictures.run({ accountId }, context);
    await screenAccountsNow(context, [accountId]);
  }
  await clusterDirty(context);
}

/** Imports files of captures. @param tell told what came of each @returns how many could not be read */
export async function importCaptureFiles(
  config: Config,
  files: readonly string[],
  wish: Omit<CaptureRequest, 'file'>,
  tell: (file: string, done: CaptureImport | PinchaError) => void,
): Promise<number> {
  const served = holderOf(config.dataDir) !== null;
  const service = await openService({ ...config, demo: false }, () => undefined);
  const accounts = new Set<string>();
  let failed = 0;
  try {
    for (const file of files) {
      try {
        const done = await importCaptures(service.context, { ...wish, file });
        for (const id of done.accountIds) accounts.add(id);
        tell(file, done);
      } catch (error) {
        // One file that cannot be read does not keep the others out.
        if (!(error instanceof PinchaError)) throw error;
        failed += 1;
        tell(file, error);
      }
    }
    if (!served) await screenNow(service, [...accounts]);
    return failed;
  } finally {
    await service.close();
  }
}
