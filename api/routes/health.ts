/** Whether the service stands, for whoever watches it; how much there is to do is told to this machine only. */
import { z } from 'zod';
import { countOpenCases } from '../../db/repositories/read-queue.ts';
import { readLastRun } from '../../db/repositories/read-run.ts';
import type { Api, ApiDeps } from '../deps.ts';

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);
const health = z.object({
  status: z.enum(['ok', 'degraded']),
  version: z.string(),
  openCases: z.number().int().optional(),
  lastRun: z.object({ id: z.string(), runDate: z.string(), state: z.string(), startedAt: z.string(), endedAt: z.string().nullable() }).nullable().optional(),
});

export function healthRoutes(app: Api, deps: ApiDeps): void {
  app.get('/healthz', { schema: { response: { 200: health, 503: health } } }, async (req, reply) => {
    const here = LOOPBACK.has(req.ip);
    try {
      const [openCases, last] = [await countOpenCases(deps.db), await readLastRun(deps.db)];
      const lastRun = last && {
        id: last.id,
        runDate: last.runDate,
        state: last.state,
        startedAt: last.startedAt.toISOString(),
        endedAt: last.endedAt?.toISOString() ?? null,
      };
      return { status: 'ok' as const, version: deps.version, ...(here ? { openCases, lastRun } : {}) };
    } catch (fault) {
      deps.log.error({ err: fault }, 'healthz');
      return reply.status(503).send({ status: 'degraded', version: deps.version });
    }
  });
}
