import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import helmet from '@fastify/helmet';
import type { FastifyRequest } from 'fastify';
import { unencapsulated } from '../encapsulation';
import { sendProblem } from '../problem';
import type { TellRefusal } from './authentication';
import { BAD_REQUEST } from './http';

export interface LimitsOptions {
  /** The most requests of one principal in a minute, at this process. */
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
