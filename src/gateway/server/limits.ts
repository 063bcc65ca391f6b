import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import helmet from '@fastify/helmet';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { unencapsulated } from '../encapsulation';
import type { Problem } from '../problem';
import { sendProblem } from '../problem';
import type { TellRefusal } from './authentication';
import { BAD_REQUEST } from './http';

export interface LimitsOptions {
  /** The most requests of one principal in a minute, at this process; each event of a batch is one. */
  readonly requestsPerMinute?: number | undefined;
  /** The most requests without a principal of one client address in a minute, at this process. Default: no limit */
  readonly addressRequestsPerMinute?: number | undefined;
  readonly tellRefusal: TellRefusal;
}

const MINUTE_MS = 60_000;
/** The number of principals and addresses whose requests are counted at once; the least recent one is forgotten. */
const PRINCIPALS = 10_000;

/** One customer of a network has all addresses of such a part of it. */
const IPV6_PREFIX = 64;

/**
 * Limits the requests of each principal, and those without a principal, such as webhooks, by the address of the client.
 * Behind a proxy it is the proxy's, unless the proxy is a trusted one.
 */
export const limits = unencapsulated<LimitsOptions>(async (scope, options) => {
  const { requestsPerMinute = Infinity, addressRequestsPerMinute = Infinity, tellRefusal } = options;
  const limitOf = ({ principal }: FastifyRequest) =>
    principal === null ? addressRequestsPerMinute : requestsPerMinute;
  await scope.register(rateLimit, {
    max: limitOf,
    timeWindow: MINUTE_MS,
    cache: PRINCIPALS,
    keyGenerator: (request) => `${request.principal ? 'principal' : 'address'} ${senderOf(request)}`,
    allowList: (request) => limitOf(request) === Infinity,
    onExceeded: (request) => tellRefusal(senderOf(request), 'too-many-requests'),
  });
});

/** Counts the events of a batch, of which the request itself was one; a problem if they are too many. */
export type CountEvents = (request: FastifyRequest, events: number) => Promise<Problem | undefined>;

/** Makes {@link CountEvents} for the requests of a scope that has {@link limits}. */
export function eventCounter(scope: FastifyInstance, tellRefusal: TellRefusal): CountEvents {
  const count = scope.createRateLimit();
  return async (request, events) => {
    for (let counted = 1; counted < events; counted++) {
      const limit = await count(request);
      if (limit.isAllowed) return undefined;
      if (!limit.isExceeded) continue;
      tellRefusal(senderOf(request), TOO_MANY.reason);
      return { ...TOO_MANY, retryAfterS: limit.ttlInSeconds };
    }
    return undefined;
  };
}

const TOO_MANY: Problem = {
  status: 429,
  reason: 'too-many-requests',
  title: 'this is no request that can be answered',
  detail:
    'Each event of a batch counts as a request, and there were too many in this minute. None is stored.',
};

function senderOf({ principal, ip }: FastifyRequest): string {
  return principal?.name ?? normalizeIP(ip, IPV6_PREFIX);
}

/** Headers that tell browsers to run nothing of what this server answers, and refuses requests without a host. */
export const hardening = unencapsulated(async (scope) => {
  await scope.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
  });
  scope.addHook('onRequest', async ({ raw }, reply) => {
    // RFC 9112, section 3.2: it must be answered with 400.
    if (raw.httpVersion === '1.1' && raw.headers.host === undefined) return sendProblem(reply, BAD_REQUEST);
  });
});
