import rateLimit from '@fastify/rate-limit';
import helmet from '@fastify/helmet';
import { unencapsulated } from '../encapsulation';
import { sendProblem } from '../problem';
import type { TellRefusal } from './authentication';
import { BAD_REQUEST } from './http';

export interface LimitsOptions {
  /** The most requests of one principal in a minute, at this process. */
  readonly requestsPerMinute?: number | undefined;
  readonly tellRefusal: TellRefusal;
}

const MINUTE_MS = 60_000;
/** The number of principals whose requests are counted at once; the least recent one is forgotten. */
const PRINCIPALS = 10_000;

/**
 * Limits the requests of each principal. Requests without a principal are not limited: behind a proxy all of them would
 * have one address, and a stranger could use up the limit of a provider's webhooks.
 */
export const limits = unencapsulated<LimitsOptions>(async (scope, { requestsPerMinute, tellRefusal }) => {
  if (requestsPerMinute === undefined) return;
  await scope.register(rateLimit, {
    max: requestsPerMinute,
    timeWindow: MINUTE_MS,
    cache: PRINCIPALS,
    keyGenerator: ({ principal }) => principal?.name ?? '',
    allowList: ({ principal }) => principal === null,
    onExceeded: (_request, principal) => tellRefusal(principal, 'too-many-requests'),
  });
});

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
