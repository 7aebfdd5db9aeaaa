/** Shapes that several routes share: an id in the path, and how a document or a file leaves the server. */
import type { FastifyReply } from 'fastify';
import { z } from 'zod';

export const idParams = z.object({ id: z.string().uuid() });

/** A page of our own making without scripts: nothing but its own styles may load. */
export const sendDocument = (reply: FastifyReply, html: string): FastifyReply =>
  reply
    .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'")
    .header('cache-control', 'private, no-store')
    .type('text/html; charset=utf-8')
    .send(html);

/** Bytes that came from outside: shown as text or picture only, never run. */
export const sendEvidence = (reply: FastifyReply, bytes: Buffer, type: string, fileName: string | null): FastifyReply => {
  reply
    .header('content-security-policy', "default-src 'none'; sandbox; frame-ancestors 'self'")
    .header('x-content-type-options', 'nosniff')
    .header('cache-control', 'private, no-store')
    .type(type);
  if (fileName) reply.header('content-disposition', `attachment; filename="${fileName}"`);
  return reply.send(bytes);
};
