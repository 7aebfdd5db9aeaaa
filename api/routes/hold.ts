/** Legal holds on a case: who holds its evidence and why, placed and lifted with a reason, both on record. */
import type { z } from 'zod';
import { PinchaError } from '../../core/errors.ts';
import { type HoldView, holdBody, holdList } from '../../core/model/api-hold.ts';
import { type Db, inTransaction } from '../../db/connect.ts';
import { appendAudit } from '../../db/repositories/audit.ts';
import { caseNamed, holdsOf, liftHold, placeHold } from '../../db/repositories/hold.ts';
import { whoOf } from '../auth/door.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { iso } from '../views/account.ts';
import { idParams } from './shapes.ts';

async function shown(db: Db, caseId: string): Promise<{ items: HoldView[] }> {
  const holds = await holdsOf(db, caseId);
  const items = holds.map((h) => ({
    id: h.id,
    reason: h.reason,
    by: h.byName,
    at: h.at.toISOString(),
    liftedBy: h.liftedByName,
    liftedAt: iso(h.liftedAt),
    liftReason: h.liftReason,
  }));
  return { items };
}

export function holdRoutes(app: Api, deps: ApiDeps): void {
  app.get('/cases/:id/holds', { config: { needs: ['case.read'] }, schema: { params: idParams, response: { 200: holdList } } }, (req) =>
    shown(deps.db, req.params.id),
  );
  const answer = { config: { needs: ['evidence.hold' as const] }, schema: { params: idParams, body: holdBody, response: { 200: holdList } } };
  const change =
    (place: boolean) => async (req: { params: z.infer<typeof idParams>; body: z.infer<typeof holdBody>; ip: string }, who: ReturnType<typeof whoOf>) => {
      const now = deps.clock.now();
      const { id } = req.params;
      const { reason } = req.body;
      if (!(await caseNamed(deps.db, id))) throw new PinchaError('NOT_FOUND', { what: '案件' });
      await inTransaction(deps.db, async (tx) => {
        const changed = place ? await placeHold(tx, id, reason, who.actor, now) : await liftHold(tx, id, reason, who.actor, now);
        if (!changed) throw new PinchaError('STALE', { what: 'hold' });
        const action = place ? 'case.hold' : 'case.hold_lift';
        await appendAudit(tx, [{ action, subjectType: 'case', subjectId: id, data: { reason } }], who.actor, now, req.ip);
      });
      return shown(deps.db, id);
    };
  app.post('/cases/:id/hold', answer, (req) => change(true)(req, whoOf(req)));
  app.post('/cases/:id/hold/lift', answer, (req) => change(false)(req, whoOf(req)));
}
