/** Rules in force: the list with what reviewers made of them, one rule explained, its false alarms, and the switch. */
import { z } from 'zod';
import { localDate } from '../../core/clock.ts';
import { PinchaError } from '../../core/errors.ts';
import {
  alarmList,
  driftList,
  lawSetView,
  type RuleDesk,
  ruleFindingPage,
  ruleFindingQuery,
  rulePage,
  ruleQuery,
  ruleSwitch,
  ruleView,
} from '../../core/model/api-rule.ts';
import { RECENT_NIGHTS, REFERENCE_NIGHTS, readDrift } from '../../db/repositories/drift.ts';
import { readLawSet, readOff, readRuleEvents, switchRule } from '../../db/repositories/rule.ts';
import { startRuleJob } from '../../db/repositories/rule-job.ts';
import { countByState, decisionsByRule, readAlarms, readNights, readRuleFindings } from '../../db/repositories/rule-night.ts';
import { whoOf } from '../auth/door.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { alarmView, decisionsView, eventView, findingRow, scoreView } from '../views/rule.ts';
import { revisionRoutes } from './rule-revisions.ts';

export const ruleParams = z.object({ rule: z.string().max(80) });
const ALARMS_SHOWN = 100;
const missing = (): PinchaError => new PinchaError('NOT_FOUND', { what: '规则' });

/** Rules page by their id: it is what they are sorted by, and it never changes. */
async function list(deps: ApiDeps, desk: RuleDesk, { cursor, limit, pack, q }: z.infer<typeof ruleQuery>) {
  const [off, alarms] = await Promise.all([readOff(deps.db), readAlarms(deps.db, {}, ALARMS_SHOWN)]);
  const silent = off.map((o) => ({ id: o.rule, off: { reason: o.reason, byName: o.byName, at: o.at.toISOString() } }));
  const after = cursor === undefined ? '' : Buffer.from(cursor, 'base64url').toString();
  const words = q?.toLowerCase() ?? '';
  const all = [...desk.rules()]
    .filter((r) => (!pack || r.pack === pack) && (r.id.includes(words) || r.why.toLowerCase().includes(words)))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const shown = all.filter((r) => r.id > after);
  const items = shown.slice(0, limit);
  const decisions =
    items.length === 0
      ? []
      : await decisionsByRule(
          deps.db,
          items.map((r) => r.id),
        );
  const rows = items.map((r) => ({
    ...r,
    off: null,
    decisions: decisionsView(decisions.filter((d) => d.rule === r.id)),
    alarms: alarms.filter((a) => a.rule === r.id).length,
  }));
  const last = items.at(-1);
  return { lawVersion: desk.version(), items: rows, off: silent, nextCursor: shown.length > limit && last ? Buffer.from(last.id).toString('base64url') : null };
}

async function one(deps: ApiDeps, desk: RuleDesk, id: string) {
  const off = (await readOff(deps.db)).find((o) => o.rule === id);
  const rule = desk.explain(id);
  if (!rule) throw off ? new PinchaError('NOT_FOUND', { what: `规则 ${id}（已由 ${off.byName} 停用：${off.reason}）` }) : missing();
  const [decisions, states, nights, alarms, ofRule, ofPack] = await Promise.all([
    decisionsByRule(deps.db, [id]),
    countByState(deps.db, id),
    readNights(deps.db, id),
    readAlarms(deps.db, { rule: id }, 20),
    readRuleEvents(deps.db, { rule: id }, 20),
    readRuleEvents(deps.db, { pack: rule.pack }, 20),
  ]);
  const versions = [...new Set(decisions.map((d) => d.by))].sort();
  const all = decisionsView(decisions);
  return {
    rule,
    off: null,
    decisions: all,
    score: scoreView(rule.score, all),
    byVersion: versions.map((by) => ({ by, decisions: decisionsView(decisions.filter((d) => d.by === by)) })),
    states: Object.fromEntries(states.map((s) => [s.state, s.n])),
    nights,
    alarms: alarms.map(alarmView),
    events: [...ofRule, ...ofPack].map(eventView).sort((a, b) => (a.id < b.id ? 1 : -1)),
  };
}

export function ruleRoutes(app: Api, deps: ApiDeps): void {
  const { rules: desk } = deps;
  if (!desk) return;
  const read = { needs: ['rule.read' as const] };
  app.get('/rules', { config: read, schema: { querystring: ruleQuery, response: { 200: rulePage } } }, (req) => list(deps, desk, req.query));
  app.get('/rules/:rule', { config: read, schema: { params: ruleParams, response: { 200: ruleView } } }, (req) => one(deps, desk, req.params.rule));
  app.get(
    '/rules/:rule/findings',
    { config: read, schema: { params: ruleParams, querystring: ruleFindingQuery, response: { 200: ruleFindingPage } } },
    async (req) => {
      const { state, cursor, limit } = req.query;
      const found = await readRuleFindings(deps.db, req.params.rule, state, cursor, limit);
      return { items: found.items.map(findingRow), nextCursor: found.nextCursor };
    },
  );
  app.post('/rules/:rule/switch', { config: { needs: ['rule.publish'] }, schema: { params: ruleParams, body: ruleSwitch } }, async (req) => {
    const { actor } = whoOf(req);
    const { rule } = req.params;
    const { on, reason } = req.body;
    if (!on && !desk.rules().some((r) => r.id === rule)) throw missing();
    const now = deps.clock.now();
    const changed = await deps.db.transaction(async (tx) => {
      const job = { kind: 'rescreen' as const, pack: null, revisionId: null, text: null, since: null, lawVersion: `${on ? '+' : '-'}${rule}` };
      await startRuleJob(tx, job, actor, now);
      return switchRule(tx, rule, on, reason, actor, now, req.ip);
    });
    await desk.refresh();
    return { changed };
  });
  app.get(
    '/rule-alarms',
    { config: { needs: ['rule.read', 'run.read'] }, schema: { querystring: z.object({ run: z.string().uuid().optional() }), response: { 200: alarmList } } },
    async (req) => ({
      items: (await readAlarms(deps.db, req.query.run ? { runId: req.query.run } : {}, ALARMS_SHOWN)).map(alarmView),
    }),
  );
  app.get('/drift', { config: { needs: ['rule.read', 'run.read'] }, schema: { response: { 200: driftList } } }, async () => {
    const day = localDate(deps.clock.now());
    return { day, nights: RECENT_NIGHTS, against: REFERENCE_NIGHTS, items: (await readDrift(deps.db, day)).map(({ alarm: _, ...row }) => row) };
  });
  app.get(
    '/law-sets/:version',
    { config: read, schema: { params: z.object({ version: z.string().regex(/^[0-9a-f]{16}$/) }), response: { 200: lawSetView } } },
    async (req) => {
      const set = await readLawSet(deps.db, req.params.version);
      if (!set) throw new PinchaError('NOT_FOUND', { what: '规则版本' });
      return { version: req.params.version, ...set };
    },
  );
  revisionRoutes(app, deps, desk);
}
