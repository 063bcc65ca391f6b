import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { OperatorError } from '../../operator';
import type { Authenticate } from '../../security/tokens';
import { giveCookie, sessionIdIn, takeCookie } from './cookie';
import type { Session, Sessions } from './sessions';
import type { Viewer } from './viewer';
import { READING, viewerOf } from './viewer';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who has sent a request to a page of the console; `null` elsewhere. */
    viewer: Viewer | null;
  }
  interface FastifyContextConfig {
    /** A form that changes nothing: those who may only look may send it. */
    forViewers?: true;
    /** A form that approves what another person has requested. */
    forApprovers?: true;
    /** A request that a page makes by itself: it does not keep the session of a person who has gone. */
    background?: true;
  }
}

export interface SessionParts {
  readonly sessions: Sessions;
  /** Without it the console is open. */
  readonly authenticate?: Authenticate | undefined;
  /** Name of the operator on an open console. */
  readonly user: string;
  readonly secureCookies: boolean;
}

/**
 * Finds out who asks, for all routes of the scope. Without a session a page leads to the form to sign in, and a form is
 * refused.
 */
export function requireViewer(scope: FastifyInstance, parts: SessionParts): void {
  scope.addHook('onRequest', async (request, reply) => {
    const session = sessionOf(request, reply, parts);
    const viewer = session && (await viewerIn(session, parts));
    if (session && !viewer) parts.sessions.end(session.id);
    if (viewer) request.viewer = viewer;
    else if (request.method === 'GET') return reply.redirect(signInPath(request.url), 303);
    else throw new OperatorError('unauthorized', 'the session has ended: sign in again');
  });
  scope.addHook('preHandler', async (request) => {
    if (request.method !== 'POST') return Promise.resolve();
    const given = z.object({ csrf: z.string() }).safeParse(request.body);
    if (!given.success || !isSame(given.data.csrf, request.viewer?.csrf ?? ''))
      throw new OperatorError('forbidden-form', 'the form is not of this session: load the page again');
    const { forViewers, forApprovers } = request.routeOptions.config;
    const { canOperate, canApprove } = request.viewer ?? {};
    if (!canOperate && !forViewers && !(forApprovers && canApprove))
      throw new OperatorError(
        'forbidden-scope',
        `this needs a token with the scope ${forApprovers ? 'operate or approve' : 'operate'}`,
      );
    return Promise.resolve();
  });
}

function sessionOf(
  request: FastifyRequest,
  reply: FastifyReply,
  { sessions, authenticate, secureCookies: secure }: SessionParts,
): Session | undefined {
  const id = sessionIdIn(request);
  const known =
    id === undefined ? undefined : sessions.find(id, request.routeOptions.config.background !== true);
  if (known || authenticate || request.method !== 'GET') return known;
  const session = sessions.create(undefined);
  giveCookie(reply, session.id, { secure });
  return session;
}

/** @throws OperatorError `keys-unavailable`, `forbidden-scope` */
async function viewerIn(session: Session, { authenticate, user }: SessionParts): Promise<Viewer | undefined> {
  const { token, csrf } = session;
  if (!authenticate) return viewerOf({ name: user, verified: false }, READING, { csrf });
  return token === undefined ? undefined : verified(authenticate, token, csrf);
}

async function verified(
  authenticate: Authenticate,
  token: string,
  csrf: string,
): Promise<Viewer | undefined> {
  const answer = await authenticate(token);
  switch (answer.kind) {
    case 'refused':
      return undefined;
    case 'unavailable':
      throw new OperatorError('keys-unavailable', 'the keys that verify tokens cannot be fetched');
    case 'authenticated': {
      const { name, scopes } = answer.principal;
      if (!READING.some((scope) => scopes.includes(scope)))
        throw new OperatorError(
          'forbidden-scope',
          `the token of ${name} has none of the scopes ${READING.join(', ')}`,
        );
      return viewerOf({ name, verified: true }, scopes, { csrf, principal: answer.principal });
    }
  }
}

/**
 * Begins a session for a token.
 *
 * @returns false if the token is not valid
 * @throws OperatorError `keys-unavailable`, `forbidden-scope`
 */
export async function signIn(
  reply: FastifyReply,
  token: string,
  { authenticate, sessions, secureCookies: secure }: SessionParts,
): Promise<boolean> {
  if (!authenticate || !(await verified(authenticate, token, ''))) return false;
  giveCookie(reply, sessions.create(token).id, { secure });
  return true;
}

export function signOut(request: FastifyRequest, reply: FastifyReply, { sessions }: SessionParts): void {
  sessions.end(sessionIdIn(request) ?? '');
  takeCookie(reply);
}

/** The page to sign in, which leads on to the page that was asked for. */
function signInPath(url: string): string {
  return url === '/' ? '/login' : `/login?${new URLSearchParams({ to: url }).toString()}`;
}

/** A path of this console, whatever a link says: not `//elsewhere`, and not an address. */
export function ownPath(to: string | undefined): string {
  return to !== undefined && /^\/(?![/\\])[\x21-\x7e]{0,500}$/.test(to) ? to : '/';
}

function isSame(one: string, other: string): boolean {
  const [given, wanted] = [Buffer.from(one), Buffer.from(other)];
  return wanted.length > 0 && given.length === wanted.length && timingSafeEqual(given, wanted);
}
