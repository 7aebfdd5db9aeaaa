/**
 * Evidence on the screen: page shots, pictures, texts and the sealed bytes of a capture. Pictures and texts are shown masked
 * unless somebody who may asks for the original, and sealed bytes, which cannot be masked, to those alone; every look is
 * logged first; bytes from outside are sent as text to be saved, never as a page that could run.
 */

import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { maskText } from '../../cases/review/mask.ts';
import { PinchaError } from '../../core/errors.ts';
import { lookList, TEXT_KINDS } from '../../core/model/api-look.ts';
import { pictureTypeOf } from '../../core/model/picture.ts';
import { readMasked } from '../../db/repositories/masked.ts';
import { readPicturePlace } from '../../db/repositories/picture.ts';
import { readCapture } from '../../db/repositories/read-capture.ts';
import { readLooks, readTextDigest } from '../../db/repositories/read-look.ts';
import { need, whoOf } from '../auth/door.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { lookViews } from '../views/look.ts';
import { logRead } from './case.ts';
import { idParams, sendEvidence } from './shapes.ts';

const missing = (what: string): PinchaError => new PinchaError('NOT_FOUND', { what });

/** `original` shows what is masked otherwise: for those who may, and written down as such. */
const looking = z.object({ original: z.enum(['true', 'false']).optional() });

/**
 * What a look at a picture gets: its masked copy, or the original where nothing on it is personal. As long as there is no
 * copy nobody knows that, and nothing is shown.
 */
async function shown(deps: ApiDeps, req: FastifyRequest, original: string, asked: boolean): Promise<{ copy: Buffer | null }> {
  if (asked) {
    need(whoOf(req), 'evidence.unmask');
    return { copy: null };
  }
  const masked = await readMasked(deps.db, original);
  if (!masked) throw missing('遮盖副本');
  if (masked.sha256 === null) return { copy: null };
  const copy = await deps.content.get(masked.sha256);
  if (!copy) throw missing('遮盖副本');
  return { copy };
}

export function captureRoutes(app: Api, deps: ApiDeps): void {
  app.get('/captures/:id/shot.png', { config: { needs: ['evidence.read'] }, schema: { params: idParams, querystring: looking } }, async (req, reply) => {
    const found = await readCapture(deps.db, req.params.id);
    if (!found?.shotSha256) throw missing('页面截图');
    const asked = req.query.original === 'true';
    const { copy } = await shown(deps, req, found.shotSha256, asked);
    const bytes = copy ?? (await deps.content.get(found.shotSha256));
    if (!bytes) throw missing('页面截图');
    await logRead(deps, req, asked ? 'capture.shot.original' : 'capture.shot', 'capture', req.params.id);
    return sendEvidence(reply, bytes, 'image/png', null);
  });
  app.get('/captures/:id/raw', { config: { needs: ['evidence.unmask'] }, schema: { params: idParams } }, async (req, reply) => {
    need(whoOf(req), 'evidence.read');
    const found = await readCapture(deps.db, req.params.id);
    if (!found?.place) throw missing('存证原件');
    const { body } = await deps.readCapture(found.place);
    await logRead(deps, req, 'capture.raw', 'capture', req.params.id);
    return sendEvidence(reply, body, 'text/plain; charset=utf-8', `${req.params.id}.txt`);
  });
  const ofText = idParams.extend({ kind: z.enum(TEXT_KINDS) });
  app.get('/captures/:id/texts/:kind', { config: { needs: ['evidence.read'] }, schema: { params: ofText, querystring: looking } }, async (req, reply) => {
    const asked = req.query.original === 'true';
    if (asked) need(whoOf(req), 'evidence.unmask');
    const digest = await readTextDigest(deps.db, req.params.id, req.params.kind);
    const bytes = digest && (await deps.content.get(digest));
    if (!bytes) throw missing('存证文本');
    await logRead(deps, req, asked ? 'capture.text.original' : 'capture.text', 'capture', req.params.id);
    const shown = asked ? bytes : Buffer.from(maskText(bytes.toString('utf8')));
    return sendEvidence(reply, shown, 'text/plain; charset=utf-8', `${req.params.id}-${req.params.kind}${asked ? '' : '-masked'}.txt`);
  });
  app.get('/posts/:id/looks', { config: { needs: ['account.read', 'case.read'] }, schema: { params: idParams, response: { 200: lookList } } }, async (req) => {
    const found = await readLooks(deps.db, req.params.id);
    if (!found) throw missing('招聘信息');
    return { post: req.params.id, items: lookViews(found) };
  });
  const ofPost = idParams.extend({ n: z.coerce.number().int().min(0).max(200) });
  app.get('/posts/:id/pictures/:n', { config: { needs: ['evidence.read'] }, schema: { params: ofPost, querystring: looking } }, async (req, reply) => {
    const place = await readPicturePlace(deps.db, req.params.id, req.params.n);
    if (!place) throw missing('图片');
    const asked = req.query.original === 'true';
    const { copy } = await shown(deps, req, place.sha256, asked);
    const body = copy ?? (await deps.readCapture(place)).body;
    // Nothing that could run is ever sent as a picture.
    const type = pictureTypeOf(body);
    if (!type) throw missing('图片');
    await logRead(deps, req, asked ? 'post.picture.original' : 'post.picture', 'post', req.params.id);
    return sendEvidence(reply, body, type, null);
  });
}
