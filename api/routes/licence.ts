/** Licence lists and look-ups: what a list says and of which day; a list that does not name somebody proves nothing. */

import { z } from 'zod';
import { PinchaError } from '../../core/errors.ts';
import { licenceListPage, licenceListReview, licencePage, pageQuery } from '../../core/model/api.ts';
import { inTransaction } from '../../db/connect.ts';
import { reviewList } from '../../db/repositories/licence.ts';
import { readLicenceLists, readLicences } from '../../db/repositories/read-licence.ts';
import { whoOf } from '../auth/door.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { idParams } from './shapes.ts';

const lookUp = pageQuery.extend({ q: z.string().trim().min(1).max(200) });

/** Only writing is folded; the composition root hands in the folding the lists were imported with. */
const plainKey = (name: string): string => name.normalize('NFKC').toLowerCase().replace(/\s/g, '');

export function licenceRoutes(app: Api, deps: ApiDeps): void {
  const nameKey = deps.nameKey ?? plainKey;
  app.get('/licence-lists', { config: { needs: [] }, schema: { querystring: pageQuery, response: { 200: licenceListPage } } }, async (req) => {
    const found = await readLicenceLists(deps.db, req.query.cursor, req.query.limit);
    const items = found.items.map(({ importedBy: _, ...list }) => ({
      ...list,
      importedAt: list.importedAt.toISOString(),
      reviewedAt: list.reviewedAt?.toISOString() ?? null,
    }));
    return { items, nextCursor: found.nextCursor };
  });
  app.post(
    '/licence-lists/:id/review',
    { config: { needs: ['licence.import'] }, schema: { params: idParams, body: licenceListReview, response: { 200: z.object({ ok: z.literal(true) }) } } },
    async (req) => {
      const { actor } = whoOf(req);
      const done = await inTransaction(deps.db, (tx) => reviewList(tx, req.params.id, req.body.accept, actor, deps.clock.now()));
      if (!done) throw new PinchaError('NOT_FOUND', { what: '待核的名录' });
      return { ok: true as const };
    },
  );
  app.get('/licences', { config: { needs: [] }, schema: { querystring: lookUp, response: { 200: licencePage } } }, async (req) => {
    const { q, cursor, limit } = req.query;
    const found = await readLicences(deps.db, q, nameKey(q), cursor, limit);
    const items = found.items.map(({ l, list }) => ({
      id: l.id,
      name: l.name,
      uscc: l.uscc,
      number: l.number,
      scope: l.scope,
      authority: l.authority,
      validFrom: l.validFrom,
      validUntil: l.validUntil,
      form: l.form,
      list: { id: list.id, label: list.label, publishedOn: list.publishedOn },
    }));
    return { items, nextCursor: found.nextCursor };
  });
}
