/** The case table: every state and action has a defined answer, the guards hold, and no path lets one person be both pairs of eyes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CASE_ACTION_ZH, decideCase, decideCaseBySystem, mayDo } from '../../../cases/workflow/case-machine.ts';
import { type ActionName, CASE_TABLE } from '../../../cases/workflow/case-table.ts';
import { LEASE_MS } from '../../../cases/workflow/deadlines.ts';
import { PinchaError } from '../../../core/errors.ts';
import type { CaseAction } from '../../../core/model/api.ts';
import { CASE_STATES } from '../../../core/model/case.ts';
import type { CaseFacts } from '../../../core/model/facts.ts';
import type { Actor } from '../../../core/model/role.ts';
import { applied, caseFacts, finding, NOW, office, person } from './world.ts';

const ann = person('1', 'reviewer', 'approver');
const bob = person('2', 'reviewer', 'approver');
const cat = person('3', 'approver');
const sup = person('4', 'supervisor');
const ACTIONS = Object.keys(CASE_TABLE) as ActionName[];

function input(action: ActionName, facts: CaseFacts, pick = 0): CaseAction {
  const { version } = facts;
  const findingId = facts.findings[pick % facts.findings.length]!.id;
  switch (action) {
    case 'confirm':
    case 'undecide':
      return { action, version, findingId };
    case 'reject':
      return { action, version, findingId, reason: 'other' };
    case 'release':
    case 'return':
      return { action, version, reason: '换人' };
    case 'wait':
      return { action, version, reason: '等名录', until: new Date(NOW.getTime() + 86_400_000).toISOString() };
    case 'close':
      return { action, version, outcome: 'no_violation', reason: '未见问题' };
    case 'propose':
      return { action, version, measure: 'suspend_service', days: 30, reason: '收费' };
    case 'approve':
      return { action, version, sha256: facts.proposal?.sha256 ?? '0'.repeat(64) };
    case 'note':
      return { action, version, text: '备注' };
    default:
      return { action, version };
  }
}
const run = (facts: CaseFacts, action: CaseAction, actor: Actor): CaseFacts => applied(facts, decideCase(facts, action, actor, NOW, office), actor);
const walk = (facts: CaseFacts, ...steps: [ActionName, Actor][]): CaseFacts => steps.reduce((f, [action, actor]) => run(f, input(action, f), actor), facts);
const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof PinchaError) return thrown.code;
    throw thrown;
  }
  return 'ok';
};

describe('case table', () => {
  it('answers every state and action: effects or an error of the catalogue, and mayDo agrees', () => {
    const reached: string[] = [];
    for (const state of CASE_STATES) {
      const facts = caseFacts({ state, claimedBy: { id: ann.id, name: ann.name } });
      const may = mayDo(facts, ann, NOW);
      for (const action of ACTIONS) {
        const code = codeOf(() => decideCase(facts, input(action, facts), ann, NOW, office));
        expect(['ok', 'TRANSITION_INVALID', 'GUARD_FAILED', 'FOUR_EYES', 'FORBIDDEN']).toContain(code);
        if (code === 'ok') {
          expect(may[action], `${state} ${action}`).toBe(true);
          reached.push(`${state} ${action}`);
        }
        if (code === 'TRANSITION_INVALID') expect(may[action]).toContain(CASE_ACTION_ZH[action]);
      }
    }
    expect(reached).toEqual([
      'open claim',
      'open note',
      'in_review claim',
      'in_review release',
      'in_review confirm',
      'in_review reject',
      'in_review wait',
      'in_review close',
      'in_review note',
      'waiting resume',
      'waiting note',
      // With no proposal on file there is nobody to be the first pair of eyes.
      'proposed return',
      'proposed note',
      'enforcing note',
      'closed note',
    ]);
  });

  it('never lets a person who ever confirmed or proposed approve, whatever the order of acts', () => {
    const actors = [ann, bob, cat];
    const step = fc.tuple(fc.nat(1_000), fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 9 }));
    const ENDS: ReadonlySet<ActionName> = new Set(['close', 'note', 'wait']);
    let approvals = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 60 }), (steps) => {
        let facts = caseFacts({ findings: [finding(), finding({ kind: 'gender-restriction' })] });
        const hands = new Set<string>();
        let now = NOW.getTime();
        for (const [choice, who, pick, whim] of steps) {
          const actor = actors[who]!;
          now += (pick * LEASE_MS) / 2;
          // Nine times in ten an act the table offers, so that walks get far; else any act at all.
          const may = mayDo(facts, actor, new Date(now));
          const offered = ACTIONS.filter((name) => may[name] === true && !ENDS.has(name));
          const pool = whim > 0 && offered.length > 0 ? offered : ACTIONS;
          const action = pool[choice % pool.length]!;
          try {
            const effects = decideCase(facts, input(action, facts, pick), actor, new Date(now), office);
            if (action === 'approve') {
              approvals += 1;
              expect(hands.has(actor.id)).toBe(false);
              expect(effects.newNotices).toHaveLength(1);
            }
            if (action === 'confirm' || action === 'propose') hands.add(actor.id);
            facts = applied(facts, effects, actor);
          } catch (thrown) {
            if (!(thrown instanceof PinchaError)) throw thrown;
          }
        }
      }),
      { numRuns: 400, seed: 8 },
    );
    // Random walks must reach approvals, or the property proved nothing.
    expect(approvals).toBeGreaterThan(10);
  });

  it('refuses a person who confirmed, even after the confirmation was undone and another proposed', () => {
    let facts = walk(caseFacts(), ['claim', ann], ['confirm', ann], ['undecide', ann], ['release', ann]);
    facts = walk(facts, ['claim', bob], ['confirm', bob], ['propose', bob]);
    expect(codeOf(() => run(facts, input('approve', facts), ann))).toBe('FOUR_EYES');
    expect(codeOf(() => run(facts, input('approve', facts), bob))).toBe('FOUR_EYES');
    expect(mayDo(facts, ann, NOW).approve).toContain('不得审批');
    expect(run(facts, input('approve', facts), cat).state).toBe('enforcing');
  });

  it('writes exactly one notice and one outbox row on approval', () => {
    const facts = walk(caseFacts(), ['claim', ann], ['confirm', ann], ['propose', ann]);
    const effects = decideCase(facts, input('approve', facts), cat, NOW, office);
    expect(effects.newNotices).toHaveLength(1);
    const [notice] = effects.newNotices!;
    expect(effects.outbox).toEqual([{ topic: 'notice.send', payload: { noticeId: notice!.id } }]);
    expect(notice!.body.findings).toHaveLength(1);
    expect(notice!.number).toBe('HR-2026-0001-T1');
  });

  it('approves only the proposal that was seen, and only while its findings stand as frozen', () => {
    const facts = walk(caseFacts(), ['claim', ann], ['confirm', ann], ['propose', ann]);
    const blind = { ...input('approve', facts), sha256: 'f'.repeat(64) } as CaseAction;
    expect(codeOf(() => run(facts, blind, cat))).toBe('GUARD_FAILED');
    const moved = { ...facts, findings: facts.findings.map((f) => ({ ...f, quote: '别的话' })) };
    expect(codeOf(() => run(moved, input('approve', moved), cat))).toBe('GUARD_FAILED');
  });

  it('supersedes the refused notice of an earlier round', () => {
    const first = walk(caseFacts(), ['claim', ann], ['confirm', ann], ['propose', ann], ['approve', cat]);
    const refusedOnce = { ...first, state: 'open' as const, proposal: null, notices: first.notices.map((n) => ({ ...n, state: 'refused' as const })) };
    const again = walk(refusedOnce, ['claim', ann], ['propose', ann]);
    const effects = decideCase(again, input('approve', again), cat, NOW, office);
    expect(effects.notices?.map((n) => n.to)).toEqual(['amended']);
    expect(effects.newNotices?.[0]?.body.supersedes).toBe(first.notices[0]?.id);
    expect(effects.newNotices?.[0]?.number).toBe('HR-2026-0001-T2');
  });
});

describe('guards', () => {
  it('freezes content while proposed; return and withdraw lift it', () => {
    const proposed = walk(caseFacts(), ['claim', ann], ['confirm', ann], ['propose', ann]);
    for (const action of ['confirm', 'reject', 'undecide'] as const)
      expect(codeOf(() => run(proposed, input(action, proposed), ann))).toBe('TRANSITION_INVALID');
    expect(codeOf(() => run(proposed, input('withdraw', proposed), bob))).toBe('GUARD_FAILED');
    const withdrawn = walk(proposed, ['withdraw', ann]);
    expect(withdrawn).toMatchObject({ state: 'in_review', proposal: null });
    const returned = walk(proposed, ['return', cat]);
    expect(walk(returned, ['undecide', ann]).findings[0]?.state).toBe('open');
  });

  it('leaves a held case alone until the lease ends, and lets the holder renew', () => {
    const held = walk(caseFacts(), ['claim', ann]);
    expect(mayDo(held, bob, NOW).claim).toContain('正在审核');
    expect(codeOf(() => run(held, input('confirm', held), bob))).toBe('GUARD_FAILED');
    const later = new Date(NOW.getTime() + LEASE_MS + 1);
    const taken = applied(held, decideCase(held, input('claim', held), bob, later, office), bob);
    expect(taken.claimedBy?.id).toBe(bob.id);
    const renewed = decideCase(held, input('confirm', held), ann, new Date(NOW.getTime() + 60_000), office).cases?.[0]?.set.leaseUntil;
    expect(renewed?.getTime()).toBe(NOW.getTime() + 60_000 + LEASE_MS);
  });

  it('wants words, evidence and law for every confirmed finding', () => {
    const without = (over: Parameters<typeof finding>[0]) => walk(caseFacts({ findings: [finding(over)] }), ['claim', ann], ['confirm', ann]);
    for (const over of [{ quote: null, start: null, end: null }, { capture: null }, { articles: [] }]) {
      const facts = without(over);
      expect(codeOf(() => run(facts, input('propose', facts), ann))).toBe('GUARD_FAILED');
    }
    const account = without({ postId: null, quote: null, start: null, end: null, kind: 'unlicensed-intermediary' });
    expect(run(account, input('propose', account), ann).state).toBe('proposed');
    const none = walk(caseFacts(), ['claim', ann]);
    expect(codeOf(() => run(none, input('propose', none), ann))).toBe('GUARD_FAILED');
  });

  it('takes no term for a measure without one, no wake date in the past, no advisory finding as ground', () => {
    const facts = walk(caseFacts(), ['claim', ann], ['confirm', ann]);
    expect(codeOf(() => run(facts, { action: 'propose', version: facts.version, measure: 'warn', days: 3, reason: 'x' }, ann))).toBe('INPUT_INVALID');
    expect(codeOf(() => run(facts, { action: 'wait', version: facts.version, reason: 'x', until: '2020-01-01T00:00:00Z' }, ann))).toBe('INPUT_INVALID');
    expect(codeOf(() => run(facts, { action: 'wait', version: facts.version, reason: 'x', until: 'soon' }, ann))).toBe('INPUT_INVALID');
    expect(codeOf(() => run(facts, input('confirm', facts, 1), ann))).toBe('GUARD_FAILED');
    expect(codeOf(() => run(facts, { action: 'reject', version: facts.version, findingId: office.newId(), reason: 'other' }, ann))).toBe('INPUT_INVALID');
  });

  it('does not close as without violation what was confirmed', () => {
    const facts = walk(caseFacts(), ['claim', ann], ['confirm', ann]);
    expect(codeOf(() => run(facts, input('close', facts), ann))).toBe('GUARD_FAILED');
    expect(run(facts, { action: 'close', version: facts.version, outcome: 'account_gone', reason: '已注销' }, ann).state).toBe('closed');
  });

  it('names capability, then staleness, then state', () => {
    const facts = caseFacts();
    expect(codeOf(() => run(facts, input('claim', facts), cat))).toBe('FORBIDDEN');
    expect(codeOf(() => run(facts, { action: 'claim', version: 99 }, ann))).toBe('STALE');
    expect(codeOf(() => run(facts, input('approve', facts), sup))).toBe('FORBIDDEN');
    expect(codeOf(() => run(facts, input('propose', facts), ann))).toBe('TRANSITION_INVALID');
  });
});

describe('the system on a case', () => {
  it('puts back what nobody holds, and gives a woken case to the same person first', () => {
    const held = walk(caseFacts(), ['claim', ann]);
    expect(decideCaseBySystem(held, 'lease_expired', NOW)).toMatchObject({ to: 'open', set: { claimedBy: null } });
    const asleep = walk(held, ['wait', ann]);
    const woken = decideCaseBySystem(asleep, 'resume', NOW);
    expect(woken).toMatchObject({ to: 'open', set: { waitUntil: null } });
    expect(woken.set.claimedBy).toBeUndefined();
    expect(codeOf(() => decideCaseBySystem(held, 'verified', NOW))).toBe('TRANSITION_INVALID');
  });
});

describe('findings judged together', () => {
  const equal = (more: Partial<Parameters<typeof finding>[0]> = {}) => finding({ alike: 'k', ...more });
  const claimed = (facts: CaseFacts): CaseFacts => run(facts, input('claim', facts), ann);
  const first = (facts: CaseFacts) => facts.findings[0]!.id;

  it('are all decided, each of them, and their judge is no second person', () => {
    const facts = claimed(caseFacts({ findings: [equal(), equal(), equal(), finding()] }));
    const also = facts.findings.slice(1, 3).map((f) => f.id);
    const effects = decideCase(facts, { action: 'confirm', version: facts.version, findingId: first(facts), also }, ann, NOW, office);
    expect(effects.findings?.map((f) => [f.findingId, f.to])).toEqual([first(facts), ...also].map((id) => [id, 'confirmed']));
    expect(effects.cases?.[0]?.data).toEqual({ findingId: first(facts), also });
    const done = applied(facts, effects, ann);
    expect(done.findings.map((f) => f.state)).toEqual(['confirmed', 'confirmed', 'confirmed', 'open']);
    const proposed = run(done, input('propose', done), ann);
    expect(codeOf(() => run(proposed, input('approve', proposed), ann))).toBe('FOUR_EYES');
    const undone = run(done, { action: 'undecide', version: done.version, findingId: first(done), also }, ann);
    expect(undone.findings.every((f) => f.state === 'open')).toBe(true);
  });

  it('are refused as a whole when one is not equal, decided already, named twice or of another case', () => {
    const facts = claimed(caseFacts({ findings: [equal(), equal({ alike: 'other' }), equal({ state: 'rejected' }), finding(), equal()] }));
    const asked = (also: string[], findingId = first(facts)) =>
      codeOf(() => run(facts, { action: 'reject', version: facts.version, findingId, also, reason: 'other' }, ann));
    const ids = facts.findings.map((f) => f.id);
    expect(asked([ids[1]!])).toBe('INPUT_INVALID');
    expect(asked([ids[2]!])).toBe('GUARD_FAILED');
    expect(asked([ids[4]!, ids[4]!])).toBe('INPUT_INVALID');
    expect(asked([ids[0]!])).toBe('INPUT_INVALID');
    expect(asked([office.newId()])).toBe('INPUT_INVALID');
    expect(asked([ids[0]!], ids[3]!)).toBe('INPUT_INVALID');
    expect(asked([ids[4]!])).toBe('ok');
  });
});
