/** What this house is, logging in and out, who I am, the names of platforms, and changing the password. Ten wrong passwords lock a login for a quarter of an hour. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { PinchaError } from '../../core/errors.ts';
import { aboutView, loginBody, type MeView, meView, passwordBody, platformList } from '../../core/model/api.ts';
import { capabilitiesOf } from '../../core/model/role.ts';
import { appendAudit, recordAudit } from '../../db/repositories/audit.ts';
import { listPlatforms } from '../../db/repositories/platform.ts';
import { purgeSessions, type Session } from '../../db/repositories/session.ts';
import { findUserByLogin, recordLoginFailure, recordLoginSuccess, setPassword, type User } from '../../db/repositories/user.ts';
import { endSession, openSession, type Who, whoOf } from '../auth/door.ts';
import { hashPassword, passwordFits } from '../auth/password.ts';
import type { Api, ApiDeps } from '../deps.ts';

const MAX_FAILURES = 10;
const LOCK_MS = 15 * 60_000;
const done = z.object({ ok: z.literal(true) });

function me(deps: ApiDeps, user: User, session: Session): MeView {
  const { id, login, name, roles, mustChangePassword } = user;
  return {
    user: { id, login, name, roles, capabilities: [...capabilitiesOf(roles)], mustChangePassword },
    csrf: session.csrf,
    demo: deps.config.demo,
    issuer: deps.config.issuer,
    version: deps.version,
  };
}

const asActor = (user: User) => ({ id: user.id, name: user.name, kind: 'user' as const, roles: user.roles });

/** @throws PinchaError LOGIN_LOCKED, LOGIN_FAILED */
async function checkPassword(deps: ApiDeps, login: string, password: string, req: FastifyRequest): Promise<User> {
  const user = await findUserByLogin(deps.db, login);
  const now = deps.clock.now();
  if (user?.lockedUntil && user.lockedUntil > now) {
    throw new PinchaError('LOGIN_LOCKED', { minutes: Math.ceil((user.lockedUntil.getTime() - now.getTime()) / 60_000) });
  }
  const fits = await passwordFits(user?.active ? user.passwordHash : null, password);
  if (user && fits) return user;
  if (user) {
    await recordLoginFailure(deps.db, user.id, MAX_FAILURES, new Date(now.getTime() + LOCK_MS));
    await recordAudit(deps.db, { action: 'login.failed', subjectType: 'user', subjectId: user.id, data: {} }, asActor(user), now, req.ip);
  }
  throw new PinchaError('LOGIN_FAILED');
}

async function changePassword(deps: ApiDeps, who: Who, body: z.infer<typeof passwordBody>, ip: string): Promise<void> {
  if (!(await passwordFits(who.user.passwordHash, body.current))) throw new PinchaError('LOGIN_FAILED');
  if (body.next === body.current) throw new PinchaError('INPUT_INVALID', { field: 'next', reason: '新口令不能与原口令相同' });
  const digest = await hashPassword(body.next);
  await deps.db.transaction(async (tx) => {
    await setPassword(tx, who.user.id, digest, who.session.id);
    await appendAudit(tx, [{ action: 'password.changed', subjectType: 'user', subjectId: who.user.id, data: {} }], who.actor, deps.clock.now(), ip);
  });
}

export function authRoutes(app: Api, deps: ApiDeps): void {
  const rateLimit = {
    max: 60,
    timeWindow: '1 minute',
    errorResponseBuilder: (_: FastifyRequest, context: { ttl: number }) =>
      new PinchaError('LOGIN_LOCKED', { minutes: Math.max(1, Math.ceil(context.ttl / 60_000)) }),
  };
  app.post('/login', { config: { open: true, rateLimit }, schema: { body: loginBody, response: { 200: meView } } }, async (req, reply) => {
    const user = await checkPassword(deps, req.body.login, req.body.password, req);
    await recordLoginSuccess(deps.db, user.id);
    await purgeSessions(deps.db, deps.clock.now());
    const session = await openSession(deps, user, req, reply);
    await recordAudit(deps.db, { action: 'login', subjectType: 'user', subjectId: user.id, data: {} }, asActor(user), deps.clock.now(), req.ip);
    return me(deps, user, session);
  });
  app.get('/about', { config: { open: true }, schema: { response: { 200: aboutView } } }, () => ({
    demo: deps.config.demo,
    issuer: deps.config.issuer,
    version: deps.version,
  }));
  app.get('/platforms', { config: { needs: [] }, schema: { response: { 200: platformList } } }, async () => ({ items: await listPlatforms(deps.db) }));
  app.get('/me', { config: { needs: [], firstSteps: true }, schema: { response: { 200: meView } } }, (req) => {
    const who = whoOf(req);
    return me(deps, who.user, who.session);
  });
  app.post('/logout', { config: { needs: [], firstSteps: true }, schema: { response: { 200: done } } }, async (req, reply) => {
    await endSession(deps, whoOf(req), reply);
    return { ok: true as const };
  });
  app.post('/password', { config: { needs: [], firstSteps: true, rateLimit }, schema: { body: passwordBody, response: { 200: done } } }, async (req) => {
    await changePassword(deps, whoOf(req), req.body, req.ip);
    return { ok: true as const };
  });
}
