import type { FastifyReply } from 'fastify';
import type { PublishReceipt } from '../adapters/nats';
import { EventConflictError, NotPublishedError } from '../adapters/nats';
import type { OutgoingEvent } from '../contracts';
import { MAX_EVENT_BYTES } from '../contracts';
import type { DoorName, GatewayParts } from './gateway';
import type { Problem } from './problem';
import { problemOf, sendProblem } from './problem';

/** When to come again: JetStream is back within seconds. */
const RETRY_AFTER_S = 2;
/** A full stream needs an operator, or the next hourly removal of old events. */
const FULL_RETRY_AFTER_S = 60;

/** What became of an event that was to be published. */
export type Publication =
  | {
      readonly kind: 'published';
      readonly receipt: PublishReceipt & Pick<OutgoingEvent, 'id' | 'source' | 'subject'>;
    }
  | {
      readonly kind: 'refused';
      readonly problem: Problem;
      /** Where a repeat may help, and when. */
      readonly retryAfterS?: number;
    };

/**
 * Publishes, and counts it. Without JetStream's confirmation the problem is a 503, and the caller repeats.
 *
 * @throws any error that is not JetStream's
 */
export async function publication(
  parts: GatewayParts,
  door: DoorName,
  event: OutgoingEvent,
): Promise<Publication> {
  const problem = sizeProblem(event);
  if (problem) {
    parts.metrics.refused(door, problem.reason);
    return { kind: 'refused', problem };
  }
  try {
    const receipt = await parts.publish(event);
    parts.metrics.accepted(door, receipt.duplicate);
    const { id, source, subject } = event;
    return { kind: 'published', receipt: { id, source, subject, ...receipt } };
  } catch (error) {
    return unpublished(parts, door, event, error);
  }
}

export function sendPublication(reply: FastifyReply, taken: Publication): FastifyReply {
  if (taken.kind === 'published') return reply.code(202).send(taken.receipt);
  if (taken.retryAfterS !== undefined) void reply.header('retry-after', String(taken.retryAfterS));
  return sendProblem(reply, taken.problem);
}

/** With its envelope an event may be larger than its body was; what is taken here, the bridge must be able to read. */
export function sizeProblem({ body }: OutgoingEvent): Problem | undefined {
  if (body.byteLength <= MAX_EVENT_BYTES) return undefined;
  const detail = `${body.byteLength} bytes with its envelope, at most ${MAX_EVENT_BYTES} are allowed`;
  return problemOf({ reason: 'too-large', detail });
}

/** @throws any error that is not JetStream's */
export function sendNotPublished(
  reply: FastifyReply,
  parts: GatewayParts,
  door: DoorName,
  event: OutgoingEvent,
  error: unknown,
): FastifyReply {
  return sendPublication(reply, unpublished(parts, door, event, error));
}

function unpublished(
  { metrics, log }: GatewayParts,
  door: DoorName,
  { subject }: OutgoingEvent,
  error: unknown,
): Publication {
  if (error instanceof EventConflictError) {
    metrics.refused(door, 'conflict');
    return { kind: 'refused', problem: conflictOf(error) };
  }
  if (!(error instanceof NotPublishedError)) throw error;
  log.error({ err: error, subject }, 'event not published');
  const isFull = error.why === 'full';
  const problem = isFull ? STREAM_FULL : NOT_PUBLISHED;
  metrics.refused(door, problem.reason);
  return { kind: 'refused', problem, retryAfterS: isFull ? FULL_RETRY_AFTER_S : RETRY_AFTER_S };
}

const STREAM_FULL: Problem = {
  status: 503,
  reason: 'stream-full',
  title: 'the event stream is full',
  detail:
    'The event is not stored. Send it again later, with the same source and id; the operator has to make room.',
};
const NOT_PUBLISHED: Problem = {
  status: 503,
  reason: 'not-published',
  title: 'the event stream has not confirmed the event',
  detail: 'Send the same event again, with the same source and id: it will not be applied twice.',
};

function conflictOf({ stored }: EventConflictError): Problem {
  const other = `message ${stored.sequence} of ${stored.stream}`;
  const detail = `${other} has the same source and id with other content; give this event an id of its own`;
  return problemOf({ reason: 'conflict', detail, path: 'id' });
}
