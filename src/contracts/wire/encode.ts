import type { z } from 'zod';
import { cloudEvent } from './envelope';
import type { DomainEvent, EventContract } from '../model/event';
import { firstIssue, inWords } from '../model/issue';
import { withStandIns } from '../model/personal';
import { CORRELATION_KEY_RULE, isCorrelationKey, parseEventType, subjectOf } from '../names/subject';
import { readTrace } from '../names/trace';
import type { NewEvent } from '../model/webhook';

/** An event to publish: its subject, and the bytes of its structured CloudEvent. */
export interface OutgoingEvent {
  readonly id: string;
  readonly source: string;
  readonly subject: string;
  readonly body: Uint8Array;
}

/** Thrown when our own code makes an event that breaks its contract. */
export class InvalidEventError extends Error {
  override readonly name = 'InvalidEventError';
  constructor(
    readonly eventType: string,
    readonly detail: string,
    readonly path: string | undefined,
    options?: ErrorOptions,
  ) {
    super(`an event of type ${eventType} does not fit its contract: ${path ?? 'event'}: ${detail}`, options);
  }
}

/**
 * Encodes a new event as a CloudEvent.
 *
 * @throws InvalidEventError with the zod error as its cause.
 */
export function encodeEvent({ contract, id, time, data }: NewEvent, context: EventOrigin): OutgoingEvent {
  const { source, causationId, traceparent, tracestate } = context;
  const checked = checkedData(contract, data);
  const key = contract.key(checked);
  return outgoing({
    id,
    source,
    type: contract.type,
    key,
    time,
    data: checked,
    causationId,
    traceparent,
    tracestate,
  });
}

/** Where a new event comes from: its source, the event that caused it, and its trace. */
export type EventOrigin = Pick<DomainEvent, 'source' | 'causationId' | 'traceparent' | 'tracestate'>;

/** Encrypts the personal fields of data that was checked. */
export type Seal = <Data>(contract: EventContract<string, Data>, data: Data) => Promise<Data>;

/**
 * Encodes a new event as {@link encodeEvent} does, with its personal fields encrypted once they are checked.
 *
 * @throws InvalidEventError, and what `seal` throws
 */
export async function encodeSealed(
  event: NewEvent,
  context: EventOrigin,
  seal: Seal,
): Promise<OutgoingEvent> {
  const { contract } = event;
  return encodeEvent({ ...event, data: await seal(contract, checkedData(contract, event.data)) }, context);
}

function checkedData(contract: NewEvent['contract'], data: unknown): unknown {
  const { data: checkable, restore } = withStandIns(contract, data);
  const parsed = contract.schema.safeParse(checkable, { error: inWords });
  if (!parsed.success) throw invalid(contract.type, parsed.error, 'data');
  return restore(parsed.data);
}

/**
 * Encodes a decoded event as a CloudEvent again: the gateway publishes exactly what it has checked.
 *
 * @throws InvalidEventError with the zod error as its cause.
 */
export function outgoing(event: DomainEvent): OutgoingEvent {
  const type = parseEventType(event.type);
  if (!type) throw new InvalidEventError(event.type, 'the type is not of the form of an event type', 'type');
  if (!isCorrelationKey(event.key)) {
    throw new InvalidEventError(event.type, `the correlation key must be ${CORRELATION_KEY_RULE}`, 'data');
  }
  const envelope = cloudEvent.safeParse({
    subject: event.key,
    datacontenttype: 'application/json',
    ...event.attributes,
    specversion: '1.0',
    id: event.id,
    source: event.source,
    type: event.type,
    time: event.time,
    expirytime: event.expiryTime,
    correlationid: event.key,
    causationid: event.causationId,
    ...readTrace(event.traceparent, event.tracestate),
    data: event.data,
  });
  if (!envelope.success) throw invalid(event.type, envelope.error);
  return {
    id: event.id,
    source: event.source,
    subject: subjectOf(type, event.key),
    body: new TextEncoder().encode(JSON.stringify(envelope.data)),
  };
}

function invalid(type: string, cause: z.ZodError, ...root: string[]): InvalidEventError {
  const { detail, path } = firstIssue(cause, ...root);
  return new InvalidEventError(type, detail, path, { cause });
}
