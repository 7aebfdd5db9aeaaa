/** Commands on the ledger: verify all that is sealed, give days their roots, make the key that signs them, say how things stand. */
import path from 'node:path';
import type { Command } from 'commander';
import { localMinute, systemClock } from '../../core/clock.ts';
import { loadConfig } from '../../core/config.ts';
import { PinchaError } from '../../core/errors.ts';
import { SEAL_STATE_ZH, sealState } from '../../core/model/seal-state.ts';
import { readAnchors } from '../../crawlers/fetch/timestamp-service.ts';
import { verifyAudit } from '../../db/repositories/audit.ts';
import { capturesToVerify, ledgerRows } from '../../db/repositories/capture.ts';
import { type RootWithSeals, readRoots, rootFigures, waitingSeals } from '../../db/repositories/root.ts';
import { shotsGivenUp } from '../../db/repositories/shot.ts';
import { createKeyFile, fingerprintOf, KEY_KINDS, type KeyKind, publicPem, readSigner } from '../../evidence/root-key.ts';
import { type EvidenceReport, verifyEvidence } from '../../evidence/verify.ts';
import { closeDays, sealRoots } from '../../queue/roots.ts';
import { rootMakers } from '../roots.ts';
import type { Store } from '../store.ts';
import { type Run, tell, withStore } from './run.ts';

const json = (value: unknown): void => tell(JSON.stringify(value, null, 2));

/** What is no longer there because it was destroyed on record. */
function destroyedLines({ destroyed }: EvidenceReport): string[] {
  const { captures, blobs, records, unfinished } = destroyed;
  if (records.length === 0) return [];
  const numbers = records.length > 20 ? `${records[0]}–${records.at(-1)}` : records.join('、');
  const left = unfinished.length > 0 ? [`  第 ${unfinished.join('、')} 号销毁尚未完成，下次 pincha retention run --apply 时继续`] : [];
  return [`已按第 ${numbers} 号销毁记录销毁：存证件 ${captures}、截图与文本 ${blobs}（pincha retention list）`, ...left];
}

/** Evidence and the audit log: what was seen, and who did what. Either being touched makes the whole fail. */
export const verifyStore = (asJson: boolean, keys?: readonly string[]): Promise<number> =>
  withStore(async (store) => {
    const { tsaCa } = store.config;
    const report = await verifyEvidence({
      ledgerRows: ledgerRows(store.db),
      captures: capturesToVerify(store.db),
      dir: store.vault,
      roots: await readRoots(store.db),
      trust: { ...(keys ? { keys } : {}), ...(tsaCa ? { anchors: readAnchors(tsaCa) } : {}) },
    });
    const audit = await verifyAudit(store.db);
    const ok = report.ok && audit.brokenAt === null;
    if (asJson) json({ ...report, ok, audit });
    else {
      const { ledger, captures, blobs, roots } = report;
      tell(`存证链 ${ledger.rows} 行，存证件 ${captures.sound}/${captures.withBytes}，截图与文本 ${blobs.sound}/${blobs.checked}`);
      tell(`日根 ${roots.count} 个，签名状态：${SEAL_STATE_ZH[report.state]}${roots.openRows > 0 ? `；${roots.openRows} 行尚未结入日根` : ''}`);
      for (const line of destroyedLines(report)) tell(line);
      for (const key of roots.keys) tell(`  签名公钥指纹 SHA-256 ${key}`);
      tell(`操作日志 ${audit.entries} 条${audit.brokenAt === null ? '，前后相连' : `，自第 ${audit.brokenAt} 条起断开`}`);
      if (report.first) tell(`首个问题：${report.first.place} ${report.first.reason}（共 ${report.faultCount} 处）`);
      if (ok) tell('全部完好');
    }
    return ok ? 0 : 1;
  });

const lineOf = (root: RootWithSeals): string => {
  const stamp = root.seals.find((s) => s.kind === 'timestamp');
  const state = SEAL_STATE_ZH[sealState(root.seals.map((s) => s.kind))];
  return `第 ${root.no} 号  ${root.date}  行 ${root.fromSeq}–${root.toSeq}  ${state}${stamp ? `（${localMinute(stamp.at)} 北京时间）` : ''}  ${root.hash}`;
};

/** What is shown of the roots: all of them, or those of one day. */
async function tellRoots(store: Store, date: string | undefined, asJson: boolean): Promise<void> {
  const roots = (await readRoots(store.db)).filter((r) => !date || r.date === date);
  if (asJson) return json(roots);
  for (const root of date ? roots : roots.slice(-10)) tell(lineOf(root));
}

/** Makes the roots that wait, signs and stamps what can be. */
const makeRoots = (options: { date?: string; now?: boolean; json?: boolean }): Promise<number> =>
  withStore(async (store) => {
    if (options.date !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(options.date))
      throw new PinchaError('INPUT_INVALID', { field: '--date', reason: '应为 YYYY-MM-DD' });
    const makers = rootMakers(store, systemClock);
    const made = await closeDays(makers, options.now === true);
    await sealRoots(makers);
    if (!options.json) tell(made.length > 0 ? `新结日根 ${made.length} 个` : '没有待结的日期');
    await tellRoots(store, options.date, options.json === true);
    const waiting = await waitingSeals(store.db);
    if (!options.json) for (const { no, reason } of waiting) tell(`第 ${no} 号日根未能签名或加盖时间戳，将再次办理：${reason}`);
    if (options.date && !(await readRoots(store.db)).some((r) => r.date === options.date))
      throw new PinchaError('NOT_FOUND', { what: `${options.date} 的日根：当日没有存证，或当日尚未结束（可用 --now 先结到此刻）` });
    return 0;
  });

const status = (asJson: boolean): Promise<number> =>
  withStore(async (store) => {
    const { evidenceKey, tsaUrl } = store.config;
    const figures = await rootFigures(store.db);
    const signer = evidenceKey ? await readSigner(evidenceKey).catch((thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown))) : null;
    const waiting = await waitingSeals(store.db);
    if (asJson) {
      json({
        ...figures,
        openRows: figures.rows - figures.coveredTo,
        key: typeof signer === 'string' ? { fault: signer } : signer && { kind: signer.kind, fingerprint: signer.fingerprint },
        tsaUrl: tsaUrl ?? null,
        waiting,
      });
      return 0;
    }
    tell(`存证链 ${figures.rows} 行；日根 ${figures.roots} 个，已签名 ${figures.signed} 个，已加盖时间戳 ${figures.stamped} 个`);
    tell(figures.rows > figures.coveredTo ? `第 ${figures.coveredTo + 1} 行起 ${figures.rows - figures.coveredTo} 行尚未结入日根` : '全部行已结入日根');
    if (signer === null) tell('签名密钥：未配置（PINCHA_EVIDENCE_KEY），日根不签名');
    else tell(typeof signer === 'string' ? `签名密钥：不可用，${signer}` : `签名密钥：${signer.kind}，指纹 SHA-256 ${signer.fingerprint}`);
    tell(tsaUrl ? `时间戳服务：${tsaUrl}` : '时间戳服务：未配置（PINCHA_TSA_URL）');
    const given = await shotsGivenUp(store.db);
    if (given > 0) tell(`页面留影：${given} 件多次未能制作，已不再尝试`);
    for (const { no, tries, nextAt, reason } of waiting) tell(`第 ${no} 号日根：已试 ${tries} 次，${localMinute(nextAt)} 再试；${reason}`);
    return 0;
  });

async function createKey(file: string, kind: string): Promise<number> {
  if (!(KEY_KINDS as readonly string[]).includes(kind))
    throw new PinchaError('INPUT_INVALID', { field: '--kind', reason: `${kind}；可用：${KEY_KINDS.join('、')}` });
  const target = path.resolve(file);
  const publicKey = await createKeyFile(kind as KeyKind, target);
  tell(publicPem(publicKey).trimEnd());
  tell(`指纹 SHA-256 ${fingerprintOf(publicKey)}`);
  tell(`私钥已写入 ${target}（仅本用户可读）。请离线备份，并把公钥与指纹交给需要核验的单位。`);
  tell(`启用：PINCHA_EVIDENCE_KEY=${target}`);
  return 0;
}

/** The public half of the configured key, for handing out again. */
async function showKey(): Promise<number> {
  const { evidenceKey } = loadConfig(process.env);
  if (!evidenceKey) throw new PinchaError('NOT_FOUND', { what: '签名密钥：未配置 PINCHA_EVIDENCE_KEY' });
  const signer = await readSigner(evidenceKey);
  tell(publicPem(signer.publicKey).trimEnd());
  tell(`${signer.kind}，指纹 SHA-256 ${signer.fingerprint}`);
  return 0;
}

export function rootCommands(evidence: Command, run: Run): void {
  evidence
    .command('root')
    .description('为已结束的日期结日根并签名、加盖时间戳 / give days that are over their roots, sign and time-stamp them')
    .option('--date <YYYY-MM-DD>', '显示该日的日根 / show the roots of this day')
    .option('--now', '今日的行也先结到此刻 / also cover what there is of today')
    .option('--json')
    .action((options: { date?: string; now?: boolean; json?: boolean }) => run(() => makeRoots(options)));
  evidence
    .command('status')
    .description('日根、密钥与时间戳服务的状况 / how roots, key and time-stamp service stand')
    .option('--json')
    .action((options: { json?: boolean }) => run(() => status(options.json === true)));
  const key = evidence.command('key').description('为日根签名的密钥 / the key that signs roots');
  key
    .command('create <file>')
    .description('生成密钥，显示公钥与指纹 / make a key, show its public half and fingerprint')
    .option('--kind <kind>', 'ed25519 | sm2', 'ed25519')
    .action((file: string, { kind }: { kind: string }) => run(() => createKey(file, kind)));
  key
    .command('show')
    .description('显示已配置密钥的公钥与指纹 / show the public half of the configured key')
    .action(() => run(showKey));
}
