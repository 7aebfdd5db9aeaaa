/**
 * The web server: the reviewers' API, the platforms' door, the health page, OpenAPI from the same schemas, and the
 * review UI's files. Everything it needs is handed in; it listens only when the composition root says so.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import fastifyStatic from '@fastify/static';
import swagger from '@fastify/swagger';
import Fastify, { type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import { createJsonSchemaTransform, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { PinchaError } from '../core/errors.ts';
import { guardDoor } from './auth/door.ts';
import type { Api, ApiDeps } from './deps.ts';
import { answerFault } from './faults.ts';
import { platformRoutes } from './platform/door.ts';
import { pushRoutes } from './platform/push.ts';
import { accountRoutes } from './routes/account.ts';
import { authRoutes } from './routes/auth.ts';
import { captureRoutes } from './routes/capture.ts';
import { caseRoutes } from './routes/case.ts';
import { healthRoutes } from './routes/health.ts';
import { holdRoutes } from './routes/hold.ts';
import { importRoutes } from './routes/imports.ts';
import { licenceRoutes } from './routes/licence.ts';
import { networkRoutes } from './routes/network.ts';
import { noticeRoutes } from './routes/notice.ts';
import { packageRoutes } from './routes/package.ts';
import { ruleRoutes } from './routes/rules.ts';
import { runRoutes } from './routes/run.ts';
import { screenRoutes } from './routes/screen.ts';
import { sourceRoutes } from './routes/source.ts';

export type { Api, ApiDeps } from './deps.ts';

const MAX_BODY = 1_048_576;

/** Own scripts only; styles may be inline because the UI's component library writes them so. */
const CSP = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'self'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:', 'blob:'],
    fontSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    objectSrc: ["'none'"],
    baseUri: ["'self'"],
    formAction: ["'self'"],
    frameAncestors: ["'self'"],
  },
};

async function addPlugins(app: Api, deps: ApiDeps): Promise<void> {
  // Behind plain HTTP on one machine HSTS would lock people out; a TLS proxy adds it.
  await app.register(helmet, { contentSecurityPolicy: CSP, strictTransportSecurity: false });
  await app.register(cookie);
  await app.register(rateLimit, { global: false });
  await app.register(swagger, {
    openapi: { openapi: '3.1.0', info: { title: 'Pincha 聘查', version: deps.version } },
    transform: createJsonSchemaTransform({ zodToJsonConfig: { unrepresentable: 'any' } }),
  });
}

/** The reviewers' API: everything under it passes the door first. */
function people(deps: ApiDeps) {
  return async (app: Api): Promise<void> => {
    app.addHook('onRequest', guardDoor(deps));
    app.addHook('onSend', async (_req, reply) => {
      if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    });
    for (const add of [
      authRoutes,
      caseRoutes,
      holdRoutes,
      noticeRoutes,
      runRoutes,
      sourceRoutes,
      ruleRoutes,
      accountRoutes,
      networkRoutes,
      captureRoutes,
      packageRoutes,
      licenceRoutes,
      screenRoutes,
      importRoutes,
    ])
      add(app, deps);
  };
}

/** Files of the UI; any other address of a page is the UI's own router's. */
async function addUi(app: Api, deps: ApiDeps): Promise<void> {
  const root = path.resolve(deps.uiDir);
  const built = existsSync(path.join(root, 'index.html'));
  if (built) await app.register(fastifyStatic, { root, wildcard: false, index: false, maxAge: '1h' });
  app.setNotFoundHandler((req: FastifyRequest, reply: FastifyReply) => {
    const page = (req.method === 'GET' || req.method === 'HEAD') && !req.url.startsWith('/api/') && String(req.headers.accept ?? '').includes('text/html');
    // The page itself is never kept by the browser, so that a new version is seen at once.
    if (page && built) return reply.header('cache-control', 'no-cache').sendFile('index.html', { cacheControl: false });
    throw new PinchaError('NOT_FOUND', { what: page ? '页面（界面尚未构建）' : ` ${req.method} ${req.url.split('?')[0]?.slice(0, 200)}` });
  });
}

/** What is being answered when the server closes may be ended in this time. */
const LAST_ANSWERS_MS = 3_000;

/**
 * Ends connections that outlive the last answers. Node counts a connection over which nothing was ever sent as one at
 * work, and browsers open such connections in advance: an open desk would keep the server for a minute.
 */
function endConnections(app: Api): void {
  app.addHook('preClose', async () => {
    setTimeout(() => app.server.closeAllConnections(), LAST_ANSWERS_MS).unref();
  });
}

/**
 * Builds the server. The caller listens, and closes it.
 * @param deps everything it needs; see `ApiDeps`
 */
export async function createApi(deps: ApiDeps): Promise<Api> {
  const app: Api = Fastify({
    loggerInstance: deps.log,
    bodyLimit: MAX_BODY,
    logController: new LogController({ disableRequestLogging: true }),
    routerOptions: { maxParamLength: 200 },
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  // Views are typed by the same schemas, so answers are not validated a second time on the way out.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.setErrorHandler(answerFault(deps.log));
  app.decorateRequest('who', null);
  endConnections(app);
  await addPlugins(app, deps);
  healthRoutes(app, deps);
  await app.register(people(deps), { prefix: '/api/v1' });
  await app.register(async (door: Api) => platformRoutes(door, deps), { prefix: '/api/v1/platform' });
  await app.register(async (door: Api) => pushRoutes(door, deps), { prefix: '/api/v1' });
  app.get('/api/openapi.json', { schema: { hide: true } }, () => app.swagger());
  await addUi(app, deps);
  await app.ready();
  return app;
}
