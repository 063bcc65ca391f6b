import type { FastifyReply } from 'fastify';
import type { Publish, PublishReceipt } from '../../adapters/nats';
import { EventConflictError, NotPublishedError } from '../../adapters/nats';
import type { Log, OutgoingEvent, TraceContext } from '../../contracts';
import { MAX_EVENT_BYTES } from '../../contracts';
import type { SpanStart, Tracing } from '../../tracing';
import { inSpan, untraced } from '../../tracing';
import type { EndpointName, GatewayMetrics } from '../metrics';
import type { Problem } from '../problem';
import { problemOf, sendProblem } from '../problem';
import type { AdmitEarly } from '../waiting-quota';

/** When to send again, in seconds: JetStream is back within seconds. */
const RETRY_AFTER_S = 2;
/**
 * When to send again, in seconds, if the stream is full: it needs an operator, or the next hourly removal of old
 * events.
 */
const FULL_RETRY_AFTER_S = 60;

const UNAVAILABLE = 503;

/** What publishing needs. */
export interface Publishing {
  readonly publish: Publish;
  /** Limits the processes that wait for the event that begins them. Default: no limit. */
  readonly admitEarly?: AdmitEarly | undefined;
  readonly metrics: GatewayMetrics;
  /** Default: nothing is recorded. */
  readonly tracing?: Tracing | undefined;
  readonly log: Log;
}

/** The result of publishing an event. */
export type PublishOutcome =
  | {
      readonly kind: 'published';
      readonly receipt: PublishReceipt & Pick<OutgoingEvent, 'id' | 'source' | 'subject'>;
    }
  | { readonly kind: 'refused'; readonly problem: Problem };

/**
 * Publishes an event, and counts the result. Without JetStream's confirmation the problem is a 503, and the caller
 * sends the event again. If the stream refuses the event for good, the problem is a 413 or 422, or, for a conflict with
 * another event, a 409.
 *
 * @param trace of the request
 * @throws any error other than NotPublishedError
 */
export async function publishOne(
  parts: Publishing,
  endpoint: EndpointName,
  event: OutgoingEvent,
  trace: TraceContext | undefined,
): Promise<PublishOutcome> {
  const tooLarge = sizeProblem(event);
  if (tooLarge) {
    parts.metrics.refused(endpoint, tooLarge.reason);
    return { kind: 'refused', problem: tooLarge };
  }
  try {
    const receipt = await inSpan(parts.tracing ?? untraced, publishSpan(event, trace), () =>
      parts.publish(event),
    );
    parts.metrics.accepted(endpoint, receipt.duplicate);
    const { id, source, subject } = event;
    return { kind: 'published', receipt: { id, source, subject, ...receipt } };
  } catch (error) {
    return { kind: 'refused', problem: notPublished(parts, endpoint, event, error) };
  }
}

/** The span of a publish. */
export function publishSpan(
  { id, source, subject }: OutgoingEvent,
  parent: TraceContext | undefined,
): SpanStart {
  return {
    name: 'publish',
    kind: 'producer',
    parent,
    attributes: () => ({
      'messaging.system': 'nats',
      'messaging.destination.name': subject,
      'cloudevents.event_id': id,
      'cloudevents.event_source': source,
    }),
  };
}

/** Answers 202 with the receipt, or the problem. */
export function sendOutcome(reply: FastifyReply, outcome: PublishOutcome): FastifyReply {
  if (outcome.kind === 'refused') return sendProblem(reply, outcome.problem);
  return reply.code(202).send(outcome.receipt);
}

/** Whether a repeat may help: the stream has not confirmed the event, or a quota is used up. Any other refusal is for good. */
export function isWorthRepeating(outcome: PublishOutcome): boolean {
  return outcome.kind === 'refused' && outcome.problem.retryAfterS !== undefined;
}

/** Whether the stream confirms nothing at the moment. */
export function isUnavailable(outcome: PublishOutcome): boolean {
  return outcome.kind === 'refused' && outcome.problem.status === UNAVAILABLE;
}

/**
 * Checks the size of an event. With its envelope, an event may be larger than the request's body, and the bridge must
 * be able to read every event that is accepted here.
 */
export function sizeProblem({ body }: OutgoingEvent): Problem | undefined {
  if (body.byteLength <= MAX_EVENT_BYTES) return undefined;
  const detail = `${body.byteLength} bytes as an event, at most ${MAX_EVENT_BYTES} are allowed`;
  return problemOf({ reason: 'too-large', detail });
}

/**
 * Logs and counts an event that was not published, and returns the problem.
 *
 * @throws any error other than NotPublishedError
 */
export function notPublished(
  { metrics, log }: Pick<Publishing, 'metrics' | 'log'>,
  endpoint: EndpointName,
  { id, subject }: OutgoingEvent,
  error: unknown,
): Problem {
  if (!(error instanceof NotPublishedError)) throw error;
  if (error instanceof EventConflictError) {
    metrics.refused(endpoint, 'conflict');
    log.info({ subject, stored: error.stored }, 'another event has the source and id of this one');
    return CONFLICT;
  }
  const final = error.why === 'refused';
  log.error(
    { err: error, eventId: id, subject },
    final ? 'the stream refuses an event for good' : 'event not published',
  );
  const problem = problemIn(error);
  metrics.refused(endpoint, problem.reason);
  return problem;
}

function problemIn({ why, tooLarge }: NotPublishedError): Problem {
  if (tooLarge) return problemOf({ reason: 'too-large', detail: TOO_LARGE_FOR_STREAM });
  if (why === 'refused') return REFUSED_BY_STREAM;
  return why === 'full' ? STREAM_FULL : NOT_PUBLISHED;
}

const OPERATOR = "The operator finds the stream's answer in the gateway's log";
const TOO_LARGE_FOR_STREAM =
  'The event is larger than the event stream takes, and is not stored; a repeat does not help. ' +
  `${OPERATOR}, and checks \`max_msg_size\` of EVENTS and \`max_payload\` of NATS: \`npm run provision\` sets the former.`;
const REFUSED_BY_STREAM: Problem = {
  status: 422,
  reason: 'refused-by-stream',
  title: 'the event stream refuses the event for good',
  detail:
    'The event is not stored, and a repeat does not help. ' +
    `${OPERATOR}, and compares the settings of EVENTS with those that \`npm run provision\` makes.`,
};
const STREAM_FULL: Problem = {
  status: 503,
  reason: 'stream-full',
  title: 'the event stream is full',
  detail:
    'The event is not stored. Send it again later, with the same source and id; the operator has to make room.',
  retryAfterS: FULL_RETRY_AFTER_S,
};
const NOT_PUBLISHED: Problem = {
  status: 503,
  reason: 'not-published',
  title: 'the event stream has not confirmed the event',
  detail: 'Send the same event again, with the same source and id: it will not be applied twice.',
  retryAfterS: RETRY_AFTER_S,
};

/** It tells nothing of the other event, which may be somebody else's. */
const CONFLICT: Problem = problemOf({
  reason: 'conflict',
  detail: 'another event has the same source and id with other content; give this event an id of its own',
  path: 'id',
});
