/**
 * Evidence packages on the desk: exporting a case, fetching what was exported, and replaying it on the replay host.
 * All three show sealed content unmasked, so they ask for the right to see that beside those to read case and evidence, and are logged.
 */
import { createReadStream } from 'node:fs';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { PinchaError } from '../../core/errors.ts';
import { packageReceipt, replayAddress } from '../../core/model/api-package.ts';
import { need, type Who, whoOf } from '../auth/door.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { logRead } from './case.ts';
import { idParams } from './shapes.ts';

const fileParams = idParams.extend({ sha256: z.string().regex(/^[0-9a-f]{64}$/) });

/** @throws FORBIDDEN unless all that a package shows may be seen */
function allowed(req: FastifyRequest): Who {
  const who = whoOf(req);
  for (const wanted of ['case.read', 'evidence.read', 'evidence.unmask'] as const) need(who, wanted);
  return who;
}

export function packageRoutes(app: Api, deps: ApiDeps): void {
  const { packages } = deps;
  if (!packages) return;
  app.post('/cases/:id/package', { config: { needs: ['evidence.unmask'] }, schema: { params: idParams, response: { 200: packageReceipt } } }, async (req) => {
    const who = allowed(req);
    return packages.export(req.params.id, who.actor, req.ip);
  });
  app.get('/cases/:id/package/:sha256', { config: { needs: ['evidence.unmask'] }, schema: { params: fileParams } }, async (req, reply) => {
    allowed(req);
    const found = await packages.find(req.params.id, req.params.sha256);
    if (!found) throw new PinchaError('NOT_FOUND', { what: '证据包（导出后只保留一天，请重新导出）' });
    await logRead(deps, req, 'evidence.download', 'case', req.params.id);
    return reply
      .header('content-security-policy', "default-src 'none'; sandbox")
      .header('x-content-type-options', 'nosniff')
      .header('cache-control', 'private, no-store')
      .header('content-disposition', `attachment; filename="${found.name}"`)
      .header('content-length', found.bytes)
      .type('application/wacz')
      .send(createReadStream(found.file));
  });
  app.post('/cases/:id/replay', { config: { needs: ['evidence.unmask'] }, schema: { params: idParams, response: { 200: replayAddress } } }, async (req) => {
    const who = allowed(req);
    return packages.replay(req.params.id, who.actor, req.ip, req.hostname);
  });
}
