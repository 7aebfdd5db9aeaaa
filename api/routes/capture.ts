/**
 * Evidence on the screen: the page shot and the sealed bytes of a capture. Both show personal data unmasked, so every
 * look is logged first; bytes from outside are sent as text to be saved, never as a page that could run.
 */
import { z } from 'zod';
import { PinchaError } from '../../core/errors.ts';
import { lookList, TEXT_KINDS } from '../../core/model/api-look.ts';
import { readPicturePlace } from '../../db/repositories/picture.ts';
import { readCapture } from '../../db/repositories/read-capture.ts';
import { readLooks, readTextDigest } from '../../db/repositories/read-look.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { lookViews } from '../views/look.ts';
import { logRead } from './case.ts';
import { idParams, sendEvidence } from './shapes.ts';

const missing = (what: string): PinchaError => new PinchaError('NOT_FOUND', { what });

const BEGINNINGS: readonly (readonly [string, RegExp])[] = [
  ['image/png', /^\x89PNG\r\n/],
  ['image/jpeg', /^\xff\xd8\xff/],
  ['image/gif', /^GIF8[79]a/],
  ['image/webp', /^RIFF.{4}WEBP/s],
];
/** What a picture is by its own bytes, whatever its host called it: nothing that could run is ever sent as a picture. */
const pictureType = (bytes: Buffer): string | null => BEGINNINGS.find(([, begins]) => begins.test(bytes.toString('latin1', 0, 16)))?.[0] ?? null;

export function captureRoutes(app: Api, deps: ApiDeps): void {
  app.get('/captures/:id/shot.png', { config: { needs: ['evidence.read'] }, schema: { params: idParams } }, async (req, reply) => {
    const found = await readCapture(deps.db, req.params.id);
    const bytes = found?.shotSha256 ? await deps.content.get(found.shotSha256) : null;
    if (!bytes) throw missing('页面截图');
    await logRead(deps, req, 'capture.shot', 'capture', req.params.id);
    return sendEvidence(reply, bytes, 'image/png', null);
  });
  app.get('/captures/:id/raw', { config: { needs: ['evidence.read'] }, schema: { params: idParams } }, async (req, reply) => {
    const found = await readCapture(deps.db, req.params.id);
    if (!found?.place) throw missing('存证原件');
    const { body } = await deps.readCapture(found.place);
    await logRead(deps, req, 'capture.raw', 'capture', req.params.id);
    return sendEvidence(reply, body, 'text/plain; charset=utf-8', `${req.params.id}.txt`);
  });
  const ofText = idParams.extend({ kind: z.enum(TEXT_KINDS) });
  app.get('/captures/:id/texts/:kind', { config: { needs: ['evidence.read'] }, schema: { params: ofText } }, async (req, reply) => {
    const digest = await readTextDigest(deps.db, req.params.id, req.params.kind);
    const bytes = digest && (await deps.content.get(digest));
    if (!bytes) throw missing('存证文本');
    await logRead(deps, req, 'capture.text', 'capture', req.params.id);
    return sendEvidence(reply, bytes, 'text/plain; charset=utf-8', `${req.params.id}-${req.params.kind}.txt`);
  });
  app.get('/posts/:id/looks', { config: { needs: ['account.read', 'case.read'] }, schema: { params: idParams, response: { 200: lookList } } }, async (req) => {
    const found = await readLooks(deps.db, req.params.id);
    if (!found) throw missing('招聘信息');
    return { post: req.params.id, items: lookViews(found) };
  });
  const ofPost = idParams.extend({ n: z.coerce.number().int().min(0).max(200) });
  app.get('/posts/:id/pictures/:n', { config: { needs: ['evidence.read'] }, schema: { params: ofPost } }, async (req, reply) => {
    const place = await readPicturePlace(deps.db, req.params.id, req.params.n);
    const body = place && (await deps.readCapture(place)).body;
    const type = body && pictureType(body);
    if (!body || !type) throw missing('图片');
    await logRead(deps, req, 'post.picture', 'post', req.params.id);
    return sendEvidence(reply, body, type, null);
  });
}
