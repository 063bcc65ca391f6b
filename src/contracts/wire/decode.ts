import type { z } from 'zod';
import type { Catalogue } from '../model/catalogue';
import { readData } from '../model/data';
import type { CloudEvent } from './envelope';
import { cloudEvent, otherAttributesOf } from './envelope';
import type { DomainEvent, EventContract } from '../model/event';
import { firstIssue, inWords } from '../model/issue';
import { originProblem } from '../model/origin';
import type { IncomingMessage } from './read-envelope';
import { lowerCased, readEnvelope } from './read-envelope';
import { redriveIn } from './redrive';
import type { Reason, Rejection } from '../names/reasons';
import { CORRELATION_KEY_RULE, isCorrelationKey, parseEventType, parseSubject } from '../names/subject';
import { readTrace } from '../names/trace';

/** A message as a client published it. */
export interface PublishedMessage {
  readonly subject: string;
  /** Header names as they came; a repeated header has several values. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly body: Uint8Array;
}

interface Decoded {
  readonly ok: true;
  readonly event: DomainEvent;
  /** The contract of the version that was published; `event` may be an upcast to a newer one. */
  readonly published: EventContract;
  /** The data as it was published, before fields were stripped and versions changed. */
  readonly publishedData: unknown;
  /** Fields that the contract does not know; they are not in the event. */
  readonly stripped: readonly string[];
}

export type Decoding = Decoded | { readonly ok: false; readonly rejection: Rejection };

/**
 * The largest event, in bytes. A larger one would not fit into a signal: Temporal limits a payload to 2 MiB and a
 * history to 50 MiB.
 */
export const MAX_EVENT_BYTES = 256 * 1024;

/**
 * Decodes a message and checks it, in the order bytes → size → JSON → envelope → type → data. Pure: the same message
 * gives the same answer. A wrong message gives the reason and the path of the first problem, never an exception.
 */
export function decodeEvent(message: IncomingMessage, catalogue: Catalogue): Decoding {
  if (message.body.byteLength > MAX_EVENT_BYTES) {
    return reject('too-large', `${message.body.byteLength} bytes, at most ${MAX_EVENT_BYTES} are allowed`);
  }
  const envelope = readEnvelope(message);
  if (!envelope.ok) return envelope;
  const parsed = cloudEvent.safeParse(envelope.value, { error: inWords });
  return parsed.success ? decodeData(parsed.data, catalogue) : rejectIssue('invalid-envelope', parsed.error);
}

/**
 * Decodes a published message, and checks that its body agrees with its subject, and that its source may publish its
 * type. Returns the domain event, with its redrive if it has one, or the reason of a refusal. Pure.
 */
export function decodePublished(message: PublishedMessage, catalogue: Catalogue): Decoding {
  const { subject, headers, body } = message;
  const decoding = decodeEvent({ headers: lowerCased(headers), body }, catalogue);
  if (!decoding.ok) return decoding;
  const redrive = redriveIn(headers);
  const event = redrive === undefined ? decoding.event : { ...decoding.event, redrive };
  return mismatch(decoding, subject) ?? forbidden(decoding, catalogue) ?? { ...decoding, event };
}

/** The refusal of an event whose source may not publish it: any client of NATS could have written it. */
function forbidden({ event, published }: Decoded, { endpoints }: Catalogue): Decoding | undefined {
  const rejection = originProblem(event, published, endpoints);
  return rejection && { ok: false, rejection };
}

/** The refusal of an event whose subject is not its own; `undefined` if it is. */
function mismatch({ event, published }: Decoded, text: string): Decoding | undefined {
  const subject = parseSubject(text);
  const type = parseEventType(published.type);
  const version = `v${type?.major ?? ''}`;
  if (
    !subject ||
    subject.context !== type?.context ||
    subject.fact !== type.fact ||
    subject.version !== version
  ) {
    return reject('subject-mismatch', `subject ${text} is not that of ${published.type}`, 'type');
  }
  if (subject.key === event.key) return undefined;
  const detail = `the subject's key is "${subject.key}", the data says "${event.key}"`;
  return reject('subject-mismatch', detail, 'data');
}

function decodeData(envelope: CloudEvent, catalogue: Catalogue): Decoding {
  const contract = catalogue.contractOf(envelope.type);
  if (!contract) {
    const known = catalogue.versionsOf(envelope.type);
    return known.length > 0
      ? reject('unknown-version', `${envelope.type} is not known; known is ${known.join(', ')}`, 'type')
      : reject('unknown-type', `no domain has an event of type ${envelope.type}`, 'type');
  }
  const reading = readData(contract, envelope.data);
  if (!reading.ok) return reading;
  const { data, stripped } = reading;

  const key = contract.key(data);
  if (!isCorrelationKey(key))
    return reject('invalid-data', `the correlation key must be ${CORRELATION_KEY_RULE}`, 'data');
  if (envelope.correlationid !== undefined && envelope.correlationid !== key) {
    const detail = `correlationid is "${envelope.correlationid}", the data says "${key}"`;
    return reject('subject-mismatch', detail, 'correlationid');
  }
  const { id, source, type, time, causationid: causationId, expirytime: expiryTime } = envelope;
  const trace = readTrace(envelope.traceparent, envelope.tracestate);
  const attributes = otherAttributesOf(envelope, key);
  const event = { id, source, type, key, time, data, causationId, ...trace, expiryTime, attributes };
  const newest = catalogue.upcast(event, contract);
  return newest.ok
    ? { ok: true, event: newest.event, published: contract, publishedData: envelope.data, stripped }
    : newest;
}

function reject(reason: Reason, detail: string, path?: string): Decoding {
  return { ok: false, rejection: { reason, detail, path } };
}

function rejectIssue(reason: Reason, error: z.ZodError, ...root: string[]): Decoding {
  const { detail, path } = firstIssue(error, ...root);
  return reject(reason, detail, path);
}
