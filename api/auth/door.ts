/**
 * The door for people: an opaque token in an httpOnly, SameSite=strict cookie, of which only the SHA-256 is stored; a
 * CSRF token in the `x-csrf` header with every write; and the capability a route declares in its `config.needs`.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PinchaError } from '../../core/errors.ts';
import { type Actor, CAPABILITY_ZH, type Capability, capabilitiesOf } from '../../core/model/role.ts';
import { createSession, deleteSession, findSession, type Session } from '../../db/repositories/session.ts';
import type { User } from '../../db/repositories/user.ts';
import type { ApiDeps } from '../deps.ts';

export interface Who {
  readonly user: User;
  readonly session: Session;
  readonly actor: Actor;
}

declare module 'fastify' {
  interface FastifyRequest {
    who: Who | null;
  }
  interface FastifyContextConfig {
    /** Any one of these; `[]` lets every logged-in person in. */
    needs?: readonly Capability[];
    /** Served without a session. */
    open?: boolean;
    /** Allowed before the first password was changed. */
    firstSteps?: boolean;
  }
}

export const COOKIE = 'pincha_session';
const digest = (token: string): string => createHash('sha256').update(token).digest('hex');
const equal = (a: string, b: string): boolean => timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());

/** Opens a session and sets its cookie. */
export async function openSession(deps: ApiDeps, user: User, req: FastifyRequest, reply: FastifyReply): Promise<Session> {
  const token = randomBytes(32).toString('base64url');
  const now = deps.clock.now();
  const seconds = Math.round(deps.config.sessionHours * 3_600);
  const expiresAt = new Date(now.getTime() + seconds * 1_000);
  const row = { id: digest(token), userId: user.id, csrf: randomBytes(24).toString('base64url'), expiresAt, ip: req.ip };
  await createSession(deps.db, { ...row, now });
  reply.setCookie(COOKIE, token, { path: '/', httpOnly: true, sameSite: 'strict', secure: req.protocol === 'https', maxAge: seconds });
  return { ...row, createdAt: now, lastSeenAt: now };
}

export async function endSession(deps: ApiDeps, who: Who, reply: FastifyReply): Promise<void> {
  await deleteSession(deps.db, who.session.id);
  reply.clearCookie(COOKIE, { path: '/' });
}

/** The person behind a request. @throws PinchaError SESSION_EXPIRED */
export function whoOf(req: FastifyRequest): Who {
  if (!req.who) throw new PinchaError('SESSION_EXPIRED');
  return req.who;
}

/** @throws PinchaError FORBIDDEN unless the person holds one of the capabilities */
export function need(who: Who, ...wanted: readonly Capability[]): void {
  const held = capabilitiesOf(who.actor.roles);
  if (wanted.length > 0 && !wanted.some((c) => held.has(c))) throw new PinchaError('FORBIDDEN', { capability: wanted.map((c) => CAPABILITY_ZH[c]).join('/') });
}

const READS = new Set(['GET', 'HEAD']);

/** The hook before every route of the people's API. */
export function guardDoor(deps: ApiDeps) {
  return async (req: FastifyRequest): Promise<void> => {
    const { needs, open, firstSteps } = req.routeOptions.config;
    if (open) return;
    const token = req.cookies[COOKIE];
    const found = token ? await findSession(deps.db, digest(token)) : null;
    if (!found) throw new PinchaError('SESSION_EXPIRED');
    if (found.session.expiresAt <= deps.clock.now()) {
      await deleteSession(deps.db, found.session.id);
      throw new PinchaError('SESSION_EXPIRED');
    }
    const { user } = found;
    const who: Who = { ...found, actor: { id: user.id, name: user.name, kind: 'user', roles: user.roles } };
    if (!READS.has(req.method) && !equal(String(req.headers['x-csrf'] ?? ''), found.session.csrf)) throw new PinchaError('CSRF_INVALID');
    // A route that forgot to say what it needs is closed, not open.
    if (!needs) throw new PinchaError('FORBIDDEN', { capability: '未声明' });
    need(who, ...needs);
    if (user.mustChangePassword && !deps.config.demo && !firstSteps) throw new PinchaError('FORBIDDEN', { capability: '先修改初始口令' });
    req.who = who;
  };
}
