import type { FastifyReply } from 'fastify';
import { EventConflictError, NotPublishedError } from '../adapters/nats';
import type { OutgoingEvent } from '../contracts';
import { MAX_EVENT_BYTES } from '../contracts';
import type { DoorName, GatewayParts } from './gateway';
import type { Problem } from './problem';
import { problemOf, sendProblem } from './problem';

/** When to come again: JetStream is back within seconds, or an operator is needed. */
const RETRY_AFTER_S = 2;

/** Publishes, and answers 202 with the receipt; without JetStream's confirmation it is 503, and the caller repeats. */
export async function publishOr503(
  reply: FastifyReply,
  parts: GatewayParts,
  door: DoorName,
  event: OutgoingEvent,
): Promise<FastifyReply> {
  const problem = sizeProblem(event);
  if (problem) {
    parts.metrics.refused(door, problem.reason);
    return sendProblem(reply, problem);
  }
  try {
    const { stream, sequence, duplicate } = await parts.publish(event);
    parts.metrics.accepted(door, duplicate);
    const { id, source, subject } = event;
    return await reply.code(202).send({ id, source, subject, stream, sequence, duplicate });
  } catch (error) {
    return sendNotPublished(reply, parts, door, event, error);
  }
}

/** With its envelope an event may be larger than its body was; what is taken here, the bridge must be able to read. */
export function sizeProblem({ body }: OutgoingEvent): Problem | undefined {
  if (body.byteLength <= MAX_EVENT_BYTES) return undefined;
  const detail = `${body.byteLength} bytes with its envelope, at most ${MAX_EVENT_BYTES} are allowed`;
  return problemOf({ reason: 'too-large', detail });
}

/** @throws what is no word of JetStream's */
export function sendNotPublished(
  reply: FastifyReply,
  { metrics, log }: GatewayParts,
  door: DoorName,
  { subject }: OutgoingEvent,
  error: unknown,
): FastifyReply {
  if (error instanceof EventConflictError) {
    metrics.refused(door, 'conflict');
    return sendProblem(reply, conflictOf(error));
  }
  if (!(error instanceof NotPublishedError)) throw error;
  log.error({ err: error, subject }, 'event not published');
  metrics.refused(door, 'not-published');
  void reply.header('retry-after', String(RETRY_AFTER_S));
  return sendProblem(reply, {
    status: 503,
    reason: 'not-published',
    title: 'the event stream has not confirmed the event',
    detail: 'Send the same event again, with the same source and id: it will not be applied twice.',
  });
}

function conflictOf({ stored }: EventConflictError): Problem {
  const detail = `message ${stored.sequence} of ${stored.stream} has the same source and id with other content; give this event an id of its own`;
  return problemOf({ reason: 'conflict', detail, path: 'id' });
}
