import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Catalogue, Log } from '../../contracts';
import type { Authenticate, Authentication, Principal, Scope } from '../../security/tokens';
import { unencapsulated } from '../encapsulation';
import type { GatewayMetrics } from '../metrics';
import type { Problem } from '../problem';
import { sendProblem } from '../problem';
import { endpointOf } from './errors';

/**
 * Who may use a route: bearers of a token with this scope; anyone; or anyone whose request is signed, which the route
 * itself checks. A route that does not say it is for bearers of any valid token.
 */
export type Access = Scope | 'anyone' | 'signature';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyRequest {
    /** Whose token the request has; `null` if the route needs none, or the gateway is open. */
    principal: Principal | null;
  }
}

export interface AuthenticationOptions {
  readonly catalogue: Catalogue;
  readonly metrics: GatewayMetrics;
  readonly log: Log;
  /** Without it, the gateway is open: no route needs a token. */
  readonly authenticate?: Authenticate | undefined;
  readonly tellRefusal: TellRefusal;
  readonly clock: () => Date;
}

/** Logs a refusal, once for each principal and reason. */
export type TellRefusal = (principal: string, reason: string) => void;

/** After that many lines the memory of them begins anew: a long-lived process must not keep every name. */
const REMEMBERED = 10_000;
/** When to send again, in seconds: the issuer's keys are fetched at the next request. */
const RETRY_AFTER_S = 5;
const OUTAGE_TOLD_EVERY_MS = 60_000;
const BEARER = /^Bearer +([\w.~+/=-]+) *$/i;

export function refusalsIn(log: Log): TellRefusal {
  const told = new Set<string>();
  return (principal, reason) => {
    const line = `${reason} ${principal}`;
    if (told.has(line)) return;
    if (told.size >= REMEMBERED) told.clear();
    told.add(line);
    log.warn({ principal, reason }, 'a request is refused; further ones of this kind are only counted');
  };
}

/** Anyone can send tokens, so a line tells of all requests of the time before it. */
function outagesIn({ log, clock }: Pick<AuthenticationOptions, 'log' | 'clock'>): (cause: unknown) => void {
  let toldAt = -Infinity;
  let requests = 0;
  return (err) => {
    requests++;
    const now = clock().getTime();
    if (now - toldAt < OUTAGE_TOLD_EVERY_MS) return;
    const text = 'tokens cannot be verified: the keys of their issuer are not available';
    log.warn({ err, requests }, `${text}; further requests are counted for a minute`);
    toldAt = now;
    requests = 0;
  };
}

/**
 * Asks each request for its bearer token (RFC 6750), before its body is read and before any hook of a plugin. An answer
 * does not tell whether a token is unknown, expired or forged; the log does.
 */
export const authentication = unencapsulated<AuthenticationOptions>((scope, options) => {
  const { authenticate, catalogue, metrics, tellRefusal } = options;
  const tellUnavailable = outagesIn(options);
  scope.decorateRequest('principal', null);
  if (!authenticate) return;

  scope.addHook('onRequest', async (request, reply) => {
    const { access } = request.routeOptions.config;
    if (request.is404 || access === 'anyone' || access === 'signature') return;
    const token = BEARER.exec(request.headers.authorization ?? '')?.[1];
    const outcome: Authentication =
      token === undefined ? { kind: 'refused', reason: 'no-token' } : await authenticate(token);
    switch (outcome.kind) {
      case 'refused':
        tellRefusal(outcome.principal ?? 'unknown', outcome.reason);
        challenge(reply, token === undefined ? '' : ', error="invalid_token"');
        return refuse(request, reply, UNAUTHORIZED);
      case 'unavailable':
        tellUnavailable(outcome.cause);
        return refuse(request, reply, NOT_VERIFIABLE);
      case 'authenticated':
        if (access !== undefined && !outcome.principal.scopes.includes(access)) {
          tellRefusal(outcome.principal.name, 'forbidden-scope');
          challenge(reply, `, error="insufficient_scope", scope="${access}"`);
          return refuse(request, reply, forbiddenScope(access));
        }
        request.principal = outcome.principal;
    }
  });

  function refuse(request: FastifyRequest, reply: FastifyReply, problem: Problem): FastifyReply {
    metrics.refused(endpointOf(request.url, catalogue), problem.reason);
    return sendProblem(reply, problem);
  }
});

function challenge(reply: FastifyReply, error: string): void {
  void reply.header('www-authenticate', `Bearer realm="sagaline"${error}`);
}

const UNAUTHORIZED: Problem = {
  status: 401,
  reason: 'unauthorized',
  title: 'this needs a valid token',
  detail: 'Send the header Authorization: Bearer <token>, with a token that is valid now.',
};

const NOT_VERIFIABLE: Problem = {
  status: 503,
  reason: 'not-verifiable',
  title: 'tokens cannot be verified at the moment',
  detail: 'Send the same request again.',
  retryAfterS: RETRY_AFTER_S,
};

function forbiddenScope(scope: Scope): Problem {
  return {
    status: 403,
    reason: 'forbidden-scope',
    title: 'the token does not allow this',
    detail: `It needs the scope ${scope}.`,
  };
}
