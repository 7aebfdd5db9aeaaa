/** Commands about rules: `rules explain`, `rules draft`, `rules replay`. Publishing needs a second person and stands on the desk only. */
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { explainRule } from '../../classifiers/rules/explain.ts';
import { activeLaw, checkDraft } from '../../classifiers/rules/lifecycle.ts';
import { systemClock } from '../../core/clock.ts';
import { loadConfig } from '../../core/config.ts';
import { sha256 } from '../../core/digest.ts';
import { PinchaError, reasonOf } from '../../core/errors.ts';
import type { RuleExplained } from '../../core/model/api-rule.ts';
import type { Actor } from '../../core/model/role.ts';
import { CONDITION_ZH, SANCTION_ZH } from '../../core/model/rule.ts';
import { expectedShare, PRIOR_WEIGHT, wilson } from '../../core/statistics.ts';
import { inTransaction } from '../../db/connect.ts';
import { addDraft, formerTexts, readRevision } from '../../db/repositories/rule.ts';
import { endRuleJob, type RuleJob, resumeRuleJob, startRuleJob, unfinishedReplay } from '../../db/repositories/rule-job.ts';
import { countByState, decisionsByRule, readNights, readRuleFindings } from '../../db/repositories/rule-night.ts';
import type { JobContext } from '../../queue/context.ts';
import { workRuleJob } from '../../queue/jobs/rule-archive.ts';
import { loadLaw } from '../law.ts';
import { createLiveLaw } from '../live-law.ts';
import { personOf } from '../people.ts';
import { createRuleDesk } from '../rule-desk.ts';
import type { Store } from '../store.ts';
import { type Run, tell, withStore } from './run.ts';

const MAX_FILE = 1_048_576;
const UUID = /^[0-9a-f-]{36}$/i;
const live = (store: Store) => createLiveLaw(store.db, systemClock, (words) => process.stderr.write(`${words}\n`), store.config.dataDir);

async function readPackFile(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > MAX_FILE) throw new PinchaError('FILE_TOO_LARGE', { file, limit: '1 MB' });
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof PinchaError) throw error;
    throw new PinchaError('FILE_UNREADABLE', { file, reason: reasonOf(error) }, error);
  }
}

/** What people and nights made of a rule; null where nothing is stored yet. */
async function fared(store: Store, id: string) {
  const [decisions, states, nights, alarms] = await Promise.all([
    decisionsByRule(store.db, [id]),
    countByState(store.db, id),
    readNights(store.db, id, 60),
    readRuleFindings(store.db, id, 'rejected', undefined, 10),
  ]);
  const n = (state: string): number => decisions.filter((d) => d.state === state && d.reason !== 'duplicate').reduce((sum, d) => sum + d.n, 0);
  const [confirmed, rejected] = [n('confirmed'), n('rejected')];
  const falseAlarms = alarms.items.map(({ f }) => ({ quote: f.quote, reason: f.rejectReason, by: f.by }));
  return {
    findings: Object.fromEntries(states.map((s) => [s.state, s.n])),
    confirmed,
    rejected,
    precision: wilson(confirmed, confirmed + rejected),
    nights,
    falseAlarms,
  };
}

function tellRule(rule: RuleExplained, how: Awaited<ReturnType<typeof fared>> | null): void {
  const list = (title: string, rows: readonly string[]): void => {
    if (rows.length > 0) tell(`${title}\n${rows.map((r) => `  · ${r}`).join('\n')}`);
  };
  tell(`${rule.id}@${rule.version}  ${rule.pack}  ${rule.kind}  ${rule.level}\n${rule.why}`);
  list('查找', rule.looksFor);
  list('不算', rule.unless);
  list('还须', rule.requires);
  list(
    '合法例外',
    rule.exceptions.map((e) => `${e.ground}（${e.when}）`),
  );
  for (const a of rule.articles) {
    tell(
      `${a.instrument}${a.article}（${a.version}）  ${a.verified ? '已核' : '待法制确认'}${a.subjects.length > 0 ? `  适用：${a.subjects.join('、')}` : ''}`,
    );
    tell(`  ${a.text ?? `${a.textSeen ? '' : '未见原文。'}${a.note ?? ''}`}`);
    for (const s of a.sanctions)
      tell(
        `  罚则 ${s.instrument}${s.article}：${s.steps.map((x) => `${x.when.map((w) => CONDITION_ZH[w] ?? w).join('、')}${SANCTION_ZH[x.do] ?? x.do}`).join('；')}`,
      );
  }
  list('示例·命中', rule.examples.hits);
  list('示例·不命中', rule.examples.silent);
  list('示例·合法', rule.examples.lawful);
  if (!how) return;
  const p = how.precision;
  tell(
    `疑点 ${JSON.stringify(how.findings)}；确认 ${how.confirmed}，驳回 ${how.rejected}；准确率 ${p ? `${(p.share * 100).toFixed(1)} %（95 % 区间 ${(p.low * 100).toFixed(1)}–${(p.high * 100).toFixed(1)}，n=${how.confirmed + how.rejected}）` : '尚无裁定'}`,
  );
  const expected = expectedShare(how.confirmed, how.confirmed + how.rejected, rule.score);
  tell(`疑点所标分值 ${rule.score.toFixed(2)}；与裁定合计，预计准确率 ${expected.toFixed(2)}（所标分值按 ${PRIOR_WEIGHT} 项裁定计）`);
  list(
    '每夜命中',
    how.nights.slice(0, 10).map((x) => `${x.day} ${x.platform} ${x.hits}/${x.posts}`),
  );
  list(
    '误报',
    how.falseAlarms.map((x) => `“${x.quote ?? ''}” ${x.reason ?? ''} ${x.by}`),
  );
}

async function explain(id: string, asJson: boolean): Promise<number> {
  const config = loadConfig(process.env);
  const stored = config.databaseUrl !== undefined || existsSync(path.join(config.dataDir, 'pg'));
  const told = stored
    ? await withStore(async (store) => ({ rule: createRuleDesk(await live(store)).explain(id), how: await fared(store, id) }))
    : (() => {
        const { rules, law } = activeLaw(loadLaw().files, [], []);
        return { rule: explainRule(rules, law, id), how: null };
      })();
  if (!told.rule) throw new PinchaError('NOT_FOUND', { what: `规则 ${id}` });
  if (asJson) tell(JSON.stringify({ ...told.rule, fared: told.how }, null, 2));
  else tellRule(told.rule, told.how);
  return 0;
}

const draft = (file: string, by: string, note: string): Promise<number> =>
  withStore(async (store) => {
    const text = await readPackFile(file);
    const law = await live(store);
    const desk = createRuleDesk(law);
    const actor = await personOf(store.db, by, 'rule.draft');
    const pack = desk.nameOf(text);
    const report = checkDraft(law.active(), text, path.basename(file), await formerTexts(store.db, pack));
    const inForce = desk.packText(pack);
    const row = await inTransaction(store.db, (tx) =>
      addDraft(tx, { pack, text, note, basedOn: inForce === null ? null : sha256(inForce) }, actor, systemClock.now()),
    );
    tell(`已存为草稿 ${row.pack}#${row.number}  ${row.id}`);
    for (const c of report.changes) if (c.change !== 'same') tell(`  ${c.change}  ${c.rule}  ${c.from ?? '—'} → ${c.to ?? '—'}`);
    for (const w of report.wrong) tell(`  ✗ ${w.rule}  ${w.example}  应 ${w.expected} 得 ${w.got}`);
    return report.wrong.length === 0 ? 0 : 1;
  });

const COMMAND: Actor = { id: 'service:command', name: '命令行', kind: 'service', roles: [] };

function tellReplay(job: RuleJob, asJson: boolean): void {
  if (asJson) tell(JSON.stringify({ id: job.id, state: job.state, pack: job.pack, total: job.total, done: job.done, counts: job.counts }, null, 2));
  else {
    tell(
      `\n${job.state === 'done' ? '回放完成' : `回放${job.state === 'stopped' ? '已停止，再次运行同一命令即继续' : job.state}`}：${job.done}/${job.total} 条`,
    );
    tell(`新标 ${job.counts['added'] ?? 0}，不再标 ${job.counts['removed'] ?? 0}，不变 ${job.counts['same'] ?? 0}`);
    for (const [key, n] of Object.entries(job.counts).filter(([k]) => k.includes('/'))) tell(`  ${key}  ${n}`);
    tell(`抽样判读：工作台 规则 → 回放 ${job.id}`);
  }
}

/** Replays a draft or a file; what a killed or stopped one had done is not done again. */
const replay = (target: string, since: string | undefined, asJson: boolean): Promise<number> =>
  withStore(async (store) => {
    const revision = UUID.test(target) ? await readRevision(store.db, target) : null;
    if (UUID.test(target) && !revision) throw new PinchaError('NOT_FOUND', { what: `草稿 ${target}` });
    const text = revision?.text ?? (await readPackFile(target));
    const from = since === undefined ? null : new Date(`${since}T00:00:00+08:00`);
    if (from && Number.isNaN(from.getTime())) throw new PinchaError('INPUT_INVALID', { field: '--since', reason: `须为 YYYY-MM-DD：${since}` });
    const law = await live(store);
    const desk = createRuleDesk(law);
    const pack = desk.nameOf(text);
    checkDraft(law.active(), text, path.basename(target), await formerTexts(store.db, pack));
    const lawVersion = desk.version();
    const known = await unfinishedReplay(store.db, text, from, lawVersion);
    const job =
      known ??
      (await inTransaction(store.db, (tx) =>
        startRuleJob(tx, { kind: 'replay', pack, revisionId: revision?.id ?? null, text, since: from, lawVersion }, COMMAND, systemClock.now()),
      ));
    if (known?.state === 'stopped') await resumeRuleJob(store.db, known.id, systemClock.now());
    const stop = new AbortController();
    process.once('SIGINT', () => stop.abort());
    const ctx = { db: store.db, clock: systemClock, law, signal: stop.signal, log: store.log } as unknown as JobContext;
    let told = 0;
    const done = await workRuleJob(ctx, job.id, (now) => {
      if (!process.stderr.isTTY && Date.now() - told < 5_000) return;
      told = Date.now();
      process.stderr.write(process.stderr.isTTY ? `\r回放 ${now.done}/${now.total}` : `回放 ${now.done}/${now.total}\n`);
    });
    if (done?.state === 'running') await endRuleJob(store.db, job.id, 'stopped', systemClock.now());
    if (done) tellReplay(done.state === 'running' ? { ...done, state: 'stopped' } : done, asJson);
    return done?.state === 'done' ? 0 : 1;
  });

/** Adds to the `rules` command. */
export function ruleCommands(rules: Command, run: Run): void {
  rules
    .command('explain <id>')
    .description('说明一条规则：查找什么、依据、罚则、例外、示例、命中与误报 / explain a rule')
    .option('--json')
    .action((id: string, options: { json?: boolean }) => run(() => explain(id, options.json === true)));
  rules
    .command('draft <file>')
    .description('校验规则包并存为草稿 / check a pack and keep it as a draft')
    .requiredOption('--by <login>', '起草人（发布须由另一人） / author; another person publishes')
    .option('--note <text>', '修改说明 / what and why', '')
    .action((file: string, options: { by: string; note: string }) => run(() => draft(file, options.by, options.note)));
  rules
    .command('replay <draft|file>')
    .description('在已存信息上回放草稿，列出差异；可中断，再次运行即继续 / replay a draft over stored posts')
    .option('--since <YYYY-MM-DD>', '只看此日之后出现的信息 / posts seen since')
    .option('--json')
    .action((target: string, options: { since?: string; json?: boolean }) => run(() => replay(target, options.since, options.json === true)));
}
