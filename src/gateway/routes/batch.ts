import type { FastifyReply } from 'fastify';
import type { IncomingMessage } from '../../contracts';
import { splitBatch, STRUCTURED_CONTENT_TYPE } from '../../contracts';
import type { GatewayMetrics } from '../metrics';
import type { Problem } from '../problem';
import { bodyOf, problemOf, sendProblem } from '../problem';
import type { PublishOutcome } from './publishing';
import { isUnavailable } from './publishing';

/** The most events in a batch. They are published one after the other, and together they must fit into one request. */
export const MAX_BATCH = 100;

interface Taking {
  /** Whether the sender may publish as many events; a problem if not. */
  readonly admit: (events: number) => Promise<Problem | undefined>;
  readonly take: (event: IncomingMessage) => Promise<PublishOutcome>;
}

/**
 * Publishes each event of a batch separately, in their order. 202 means that all are stored. Any other result is an
 * error status, because a sender of batches checks nothing but the status: 503 if a repeat may help, 422 if it will
 * not. The body has a result for each event.
 */
export async function answerBatch(
  reply: FastifyReply,
  { metrics }: { readonly metrics: GatewayMetrics },
  body: Uint8Array,
  { admit, take }: Taking,
): Promise<FastifyReply> {
  const items = splitBatch(body);
  if (!items || items.length > MAX_BATCH) {
    const problem = problemOf(
      items
        ? {
            reason: 'too-large',
            detail: `${items.length} events, at most ${MAX_BATCH} are allowed in a batch`,
          }
        : { reason: 'not-json', detail: 'a batch is an array of events in JSON' },
    );
    metrics.refused('events', problem.reason);
    return sendProblem(reply, problem);
  }
  const tooMany = await admit(items.length);
  if (tooMany) {
    metrics.refused('events', tooMany.reason);
    return sendProblem(reply, tooMany);
  }
  const taken: PublishOutcome[] = [];
  for (const item of items) {
    const before = taken.at(-1);
    // The stream is not available: each of the remaining events would wait as long as this one.
    if (before && isUnavailable(before)) taken.push(before);
    else taken.push(await take({ headers: { 'content-type': STRUCTURED_CONTENT_TYPE }, body: item }));
  }
  const results = taken.map((each) =>
    each.kind === 'published' ? { status: 202, ...each.receipt } : bodyOf(each.problem),
  );
  const problems = taken.flatMap((each) => (each.kind === 'refused' ? [each.problem] : []));
  if (problems.length === 0) return reply.code(202).send({ results });
  const retryAfterS = Math.max(0, ...problems.map((each) => each.retryAfterS ?? 0));
  return sendProblem(reply, {
    status: retryAfterS > 0 ? 503 : 422,
    reason: 'batch-not-accepted',
    title: 'not all events of the batch are stored',
    detail: `${taken.length - problems.length} of ${taken.length} are stored; \`results\` has an entry for each, in their order`,
    results,
    ...(retryAfterS > 0 && { retryAfterS }),
  });
}
