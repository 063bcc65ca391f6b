import { cloudEvent } from './envelope';
import type { DomainEvent } from './event';
import { parseEventType } from './event-type';
import { subjectOf } from './subject';
import type { NewEvent } from './webhook';

/** An event on its way to the stream: where it goes and the bytes of its structured CloudEvent. */
export interface OutgoingEvent {
  readonly id: string;
  readonly source: string;
  readonly subject: string;
  readonly body: Uint8Array;
}

/** Thrown where our own code makes an event that breaks its contract. */
export class InvalidEventError extends Error {
  override readonly name = 'InvalidEventError';
  constructor(
    readonly eventType: string,
    options: ErrorOptions,
  ) {
    super(`an event of type ${eventType} does not fit its contract`, options);
  }
}

/**
 * A new event as a CloudEvent.
 *
 * @throws InvalidEventError with the zod error as its cause.
 */
export function encodeEvent(
  { contract, id, time, data }: NewEvent,
  context: { source: string; causationId?: string | undefined; traceparent?: string | undefined },
): OutgoingEvent {
  const parsed = contract.schema.safeParse(data);
  if (!parsed.success) throw new InvalidEventError(contract.type, { cause: parsed.error });
  const { source, causationId, traceparent } = context;
  const key = contract.key(parsed.data);
  return outgoing({
    id,
    source,
    type: contract.type,
    key,
    time,
    data: parsed.data,
    causationId,
    traceparent,
  });
}

/**
 * A decoded event as a CloudEvent again: what the gateway publishes is exactly what it has checked.
 *
 * @throws InvalidEventError with the zod error as its cause.
 */
export function outgoing(event: DomainEvent): OutgoingEvent {
  const type = parseEventType(event.type);
  const envelope = cloudEvent.safeParse({
    specversion: '1.0',
    id: event.id,
    source: event.source,
    type: event.type,
    subject: event.key,
    time: event.time,
    datacontenttype: 'application/json',
    correlationid: event.key,
    causationid: event.causationId,
    traceparent: event.traceparent,
    data: event.data,
  });
  if (!type || !envelope.success) throw new InvalidEventError(event.type, { cause: envelope.error });
  return {
    id: event.id,
    source: event.source,
    subject: subjectOf(type, event.key),
    body: new TextEncoder().encode(JSON.stringify(envelope.data)),
  };
}
