/**
 * The life of a model in an office: `model labels` takes labels out of reviewers' decisions, `model promote` lets a
 * challenger speak when it passes the gate, `model rollback` goes back, `model status` says what speaks and why.
 * Each is noted in the audit log with who, when, and digests of model and data.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { labelLine } from '../../classifiers/model/decisions.ts';
import { LEAST_POSITIVES } from '../../classifiers/model/measure.ts';
import { fairSpeech, type GateResult, gate, LEAST_POSTS, type Refusal } from '../../classifiers/model/promotion.ts';
import { localDate, systemClock } from '../../core/clock.ts';
import { sha256 } from '../../core/digest.ts';
import { PinchaError } from '../../core/errors.ts';
import { TAXONOMY } from '../../core/model/taxonomy.ts';
import { inTransaction } from '../../db/connect.ts';
import { appendAudit, auditOf } from '../../db/repositories/audit.ts';
import { DRIFT_ALARM, RECENT_NIGHTS, REFERENCE_NIGHTS, readDrift } from '../../db/repositories/drift.ts';
import { toJudge } from '../model-data.ts';
import { type Decided, type DecisionSummary, readDecisions, tellDecisions } from '../model-decisions.ts';
import { activate, activeModel, keepModel, type ReadModel, readActive, readModel } from '../model-home.ts';
import { personOf } from '../people.ts';
import type { Store } from '../store.ts';
import { type Run, tell, withStore } from './run.ts';

type LabelAction = 'model.labels' | 'model.train';

/** Reads the decisions and tells what changed since they were last read. @throws INPUT_INVALID without a name */
export async function decisionsFor(store: Store, by: string | undefined, action: LabelAction): Promise<Decided> {
  if (by === undefined) throw new PinchaError('INPUT_INVALID', { field: '--by', reason: '使用裁定须写明由谁 / decisions are read in somebody’s name' });
  await personOf(store.db, by, 'rule.draft');
  const decided = await readDecisions(store.db);
  const [before] = await auditOf(store.db, 'model', action, 1);
  for (const line of tellDecisions(decided.summary, (before?.data as Partial<DecisionSummary> | undefined) ?? null)) tell(line);
  if (decided.labels.length === 0) throw new PinchaError('INPUT_INVALID', { field: '裁定', reason: '尚无可用的裁定 / no decision to learn from yet' });
  return decided;
}

/** Notes that labels were taken from decisions. */
export async function noteLabels(store: Store, by: string | undefined, action: LabelAction, data: Record<string, unknown>): Promise<void> {
  const actor = await personOf(store.db, by ?? '', 'rule.draft');
  await inTransaction(store.db, (tx) => appendAudit(tx, [{ action, subjectType: 'model', subjectId: action, data }], actor, systemClock.now()));
}

const labels = ({ out, by }: { out: string; by: string }): Promise<number> =>
  withStore(async (store) => {
    const { posts, summary } = await decisionsFor(store, by, 'model.labels');
    const text = posts.flatMap((post) => labelLine(post) ?? []).map((line) => `${line}\n`);
    writeFileSync(out, text.join(''));
    await noteLabels(store, by, 'model.labels', { ...summary, file: sha256(text.join('')) });
    tell(`${out}: ${text.length} 条`);
    return 0;
  });

const three = (value: number | null): string => (value === null ? '—' : value.toFixed(3));

/** Why a challenger stays outside, with the figures. */
export function wordsOf({ what, kind, champion, challenger, low, high }: Refusal): string {
  const range = low === null || high === null ? '' : `，差的 95 % 区间 ${three(low)} 至 ${three(high)}`;
  if (what === 'evidence') return `可比的信息只有 ${champion} 条，最多的一类 ${challenger} 条；至少须 ${LEAST_POSTS} 条，且有一类不少于 ${LEAST_POSITIVES} 条`;
  if (what === 'kind' && kind) return `${TAXONOMY[kind].zh}（${kind}）变差：F1 ${three(champion)} → ${three(challenger)}${range}`;
  if (what === 'macro') return `宏平均 F1 变低：${three(champion)} → ${three(challenger)}${range}`;
  return `无标注的信息被提示的比例变高：${three(champion)} → ${three(challenger)}${range}`;
}

function tellGate(result: GateResult): void {
  tell(`可比 ${result.posts} 条（另 ${result.leftOut} 条至少一个模型学过其单位，不比）`);
  tell(
    `宏平均 F1 ${three(result.champion.macroF1)} → ${three(result.challenger.macroF1)}，无标注者被提示 ${three(result.champion.cleanFlagRate)} → ${three(result.challenger.cleanFlagRate)}`,
  );
  for (const { kind, n, champion, challenger, difference } of result.kinds)
    if (difference) tell(`  ${kind}（${n}）${three(champion)} → ${three(challenger)}，差 ${three(difference.low)} 至 ${three(difference.high)}`);
}

interface PromoteGiven {
  readonly by: string;
  readonly labels: string[];
  readonly note: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** Holds a challenger against the model that speaks, on labels and on what reviewers decided. */
export async function tryChallenger(
  store: Store,
  champion: ReadModel,
  challenger: ReadModel,
  files: readonly string[],
): Promise<{ result: GateResult; evidence: Record<string, unknown> }> {
  const { labels: decided, summary } = await readDecisions(store.db);
  const posts = toJudge(files, decided);
  const result = gate(posts, fairSpeech(champion.file), fairSpeech(challenger.file));
  const digests = files.map((file) => sha256(readFileSync(file)));
  return { result, evidence: { files: digests, decisions: summary.decisions, decisionsData: summary.data } };
}

const promote = (file: string, { by, labels: files, note, dryRun, json }: PromoteGiven): Promise<number> =>
  withStore(async (store) => {
    const { dataDir } = store.config;
    const actor = await personOf(store.db, by, 'rule.publish');
    const challenger = readModel(file);
    const champion = activeModel(dataDir);
    if (champion.sha256 === challenger.sha256) throw new PinchaError('INPUT_INVALID', { field: 'file', reason: `${file} 正在使用 / already speaks` });
    const { result, evidence } = await tryChallenger(store, champion, challenger, files);
    const passed = result.refusals.length === 0;
    if (json) tell(JSON.stringify({ passed, models: { champion: champion.sha256, challenger: challenger.sha256 }, ...result, evidence }, null, 2));
    else tellGate(result);
    for (const refusal of result.refusals) process.stderr.write(`未予启用：${wordsOf(refusal)}\n`);
    if (!passed || dryRun) return passed ? 0 : 1;
    const now = systemClock.now();
    const active = readActive(dataDir);
    keepModel(dataDir, readFileSync(file, 'utf8'));
    const { champion: was, challenger: is, posts, leftOut } = result;
    const data = {
      id: challenger.file.id,
      model: challenger.sha256,
      data: challenger.file.data ?? null,
      before: champion.sha256,
      note,
      evidence,
      was,
      is,
      posts,
      leftOut,
    };
    await inTransaction(store.db, (tx) => appendAudit(tx, [{ action: 'model.promote', subjectType: 'model', subjectId: 'active', data }], actor, now));
    activate(dataDir, {
      digest: challenger.sha256,
      before: [active?.digest ?? null, ...(active?.before ?? [])].slice(0, 100),
      at: now.toISOString(),
      by: actor.name,
    });
    tell(`已启用 ${challenger.file.id}（${challenger.sha256.slice(0, 12)}），原模型 ${champion.file.id} 保留；回退：pincha model rollback --by ${by}`);
    return 0;
  });

const rollback = ({ by, note }: { by: string; note: string }): Promise<number> =>
  withStore(async (store) => {
    const { dataDir } = store.config;
    const actor = await personOf(store.db, by, 'rule.publish');
    const active = readActive(dataDir);
    if (!active || active.before.length === 0) throw new PinchaError('INPUT_INVALID', { field: 'model', reason: '没有可回退的模型 / nothing to go back to' });
    const now = systemClock.now();
    const [digest = null, ...before] = active.before;
    const data = { model: digest, from: active.digest, note };
    await inTransaction(store.db, (tx) => appendAudit(tx, [{ action: 'model.rollback', subjectType: 'model', subjectId: 'active', data }], actor, now));
    activate(dataDir, { digest, before, at: now.toISOString(), by: actor.name });
    tell(`已回退到 ${activeModel(dataDir).file.id}${digest === null ? '（内置）' : ''}`);
    return 0;
  });

const status = ({ json }: { json?: boolean }): Promise<number> =>
  withStore(async (store) => {
    const { file, sha256: digest, path } = activeModel(store.config.dataDir);
    const history = await auditOf(store.db, 'model', 'active', 20);
    const kinds = file.kinds.filter((k) => k.raise !== null).map((k) => k.kind);
    if (json) tell(JSON.stringify({ id: file.id, sha256: digest, path, trainedOn: file.trainedOn, data: file.data ?? null, kinds, history }, null, 2));
    else {
      tell(`${file.id}  ${digest.slice(0, 12)}  ${path}\n  ${file.trainedOn}\n  单独提示：${kinds.join('、') || '无'}`);
      for (const { at, actorName, action, data } of history)
        tell(`  ${at.toISOString()}  ${actorName}  ${action}  ${String(data['model'] ?? '内置').slice(0, 12)}`);
    }
    return 0;
  });

const DRIFT_ZH = { steady: '平稳', watch: '留意', alarm: '告警' } as const;

/** How far the last nights moved from those before; fails when something is alarming, so that a watchdog can ask. */
const drift = ({ json }: { json?: boolean }): Promise<number> =>
  withStore(async (store) => {
    const day = localDate(systemClock.now());
    const rows = await readDrift(store.db, day);
    if (json) tell(JSON.stringify({ day, nights: RECENT_NIGHTS, against: REFERENCE_NIGHTS, alarmAbove: DRIFT_ALARM, rows }, null, 2));
    else {
      tell(`至 ${day} 的 ${RECENT_NIGHTS} 夜与此前 ${REFERENCE_NIGHTS} 夜相比（PSI，超过 ${DRIFT_ALARM} 告警；不足 200 条的不报）`);
      for (const { platform, measure, psi, chance, state, recent, reference, moved } of rows)
        tell(
          `  ${DRIFT_ZH[state]} ${platform || '全部平台'} ${measure} PSI ${psi.toFixed(3)}（偶然 ${chance.toFixed(3)}；${recent}/${reference}）${moved.map((m) => `${m.bucket} ${(m.before * 100).toFixed(1)}→${(m.now * 100).toFixed(1)} %`).join('，')}`,
        );
      if (rows.length === 0) tell('  夜间数据还不够');
    }
    return rows.some((r) => r.alarm) ? 1 : 0;
  });

/** Adds to the `model` command. */
export function lifeCommands(model: Command, run: Run): void {
  model
    .command('labels')
    .description('把审核员的裁定导出为标注（个人信息已遮盖） / decisions of reviewers as labels, personal data masked')
    .requiredOption('--out <file>', '写入 / file to write')
    .requiredOption('--by <login>', '由谁 / in whose name')
    .action((given: { out: string; by: string }) => run(() => labels(given)));
  model
    .command('promote <file>')
    .description('与现用模型比较，不逊于它才启用 / let a challenger speak when it is no worse')
    .requiredOption('--by <login>', '由谁 / in whose name')
    .option('--labels <files...>', '比较所用的标注，另加已存的裁定 / labels to compare on, beside stored decisions', [])
    .option('--note <text>', '说明 / why', '')
    .option('--dry-run', '只比较 / compare only')
    .option('--json')
    .action((file: string, given: PromoteGiven) => run(() => promote(file, given)));
  model
    .command('rollback')
    .description('回到此前的模型 / go back to the model before')
    .requiredOption('--by <login>', '由谁 / in whose name')
    .option('--note <text>', '说明 / why', '')
    .action((given: { by: string; note: string }) => run(() => rollback(given)));
  model
    .command('status')
    .description('现用的模型与更替记录 / which model speaks, and what was before')
    .option('--json')
    .action((given: { json?: boolean }) => run(() => status(given)));
  model
    .command('drift')
    .description('近几夜的信息与此前相比变了多少；有告警则退出码为 1 / how far the last nights moved from those before')
    .option('--json')
    .action((given: { json?: boolean }) => run(() => drift(given)));
}
