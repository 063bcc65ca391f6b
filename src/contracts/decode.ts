import type { z } from 'zod';
import type { Catalogue } from './catalogue';
import { CORRELATION_KEY_RULE, isCorrelationKey } from './correlation-key';
import type { CloudEvent } from './envelope';
import { BINARY_HEADER_PREFIX, cloudEvent, STRUCTURED_CONTENT_TYPE } from './envelope';
import type { DomainEvent, EventContract } from './event';
import { firstIssue, inWords } from './issue';
import type { JsonReading } from './json';
import { readJson } from './json';
import type { Reason, Rejection } from './reasons';

/** An event as it arrived, from HTTP or from NATS. Header names are lower-case. */
export interface IncomingMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export type Decoding =
  | {
      readonly ok: true;
      readonly event: DomainEvent;
      /** The contract of the version that was published; `event` may be an upcast to a newer one. */
      readonly published: EventContract;
    }
  | { readonly ok: false; readonly rejection: Rejection };

/** Data larger than this cannot become a signal: Temporal's payload limit is 2 MiB, a history's 50 MiB. */
export const MAX_EVENT_BYTES = 256 * 1024;

/**
 * Bytes → size → JSON → envelope → type → data. Pure: the same message gives the same answer, and a wrong one gives a
 * reason and the place of the first thing that is wrong, never an exception.
 */
export function decodeEvent(message: IncomingMessage, catalogue: Catalogue): Decoding {
  if (message.body.byteLength > MAX_EVENT_BYTES) {
    return reject('too-large', `${message.body.byteLength} bytes, at most ${MAX_EVENT_BYTES} are allowed`);
  }
  const envelope = readEnvelope(message);
  if (!envelope.ok) return envelope;

  const parsed = cloudEvent.safeParse(withoutNulls(envelope.value), { error: inWords });
  if (!parsed.success) return rejectIssue('invalid-envelope', parsed.error);
  return decodeData(parsed.data, catalogue);
}

/** An attribute that is null counts as not set (CloudEvents JSON format, section 2.2). */
function withoutNulls(envelope: unknown): unknown {
  if (typeof envelope !== 'object' || envelope === null || Array.isArray(envelope)) return envelope;
  return Object.fromEntries(
    Object.entries(envelope).filter(([name, value]) => name === 'data' || value !== null),
  );
}

/** Source and id of a message, also where the rest of it cannot be read; `undefined` where they cannot be read either. */
export function identityIn(message: IncomingMessage): { source: string; id: string } | undefined {
  const reading = readEnvelope(message);
  const envelope = reading.ok ? reading.value : parsedAnyhow(message.body);
  if (typeof envelope !== 'object' || envelope === null) return undefined;
  const given = envelope as { readonly source?: unknown; readonly id?: unknown };
  const source = cloudEvent.shape.source.safeParse(given.source);
  const id = cloudEvent.shape.id.safeParse(given.id);
  return source.success && id.success ? { source: source.data, id: id.data } : undefined;
}

/** Of JSON that is refused for its content. */
function parsedAnyhow(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}

function readEnvelope(message: IncomingMessage): JsonReading {
  const contentType = (message.headers['content-type'] ?? STRUCTURED_CONTENT_TYPE)
    .split(';')[0]
    ?.trim()
    .toLowerCase();
  const binary = `${BINARY_HEADER_PREFIX}specversion` in message.headers;
  if (!binary) {
    if (contentType === STRUCTURED_CONTENT_TYPE) return readJson(message.body);
    const detail = `"${contentType ?? ''}" is neither ${STRUCTURED_CONTENT_TYPE} nor accompanied by ce- headers`;
    return { ok: false, rejection: { reason: 'unsupported-content-type', detail } };
  }
  const data = readJson(message.body);
  if (!data.ok) return data;
  const attributes = Object.entries(message.headers)
    .filter(([name]) => name.startsWith(BINARY_HEADER_PREFIX))
    .map(([name, value]) => [name.slice(BINARY_HEADER_PREFIX.length), percentDecoded(value)]);
  const datacontenttype = contentType === STRUCTURED_CONTENT_TYPE ? 'application/json' : contentType;
  return { ok: true, value: { ...Object.fromEntries(attributes), datacontenttype, data: data.value } };
}

/** Header values are percent-encoded in binary mode (CloudEvents HTTP binding, section 3.1.3.2). */
function percentDecoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function decodeData(envelope: CloudEvent, catalogue: Catalogue): Decoding {
  const contract = catalogue.contractOf(envelope.type);
  if (!contract) {
    const known = catalogue.versionsOf(envelope.type);
    return known.length > 0
      ? reject('unknown-version', `${envelope.type} is not known; known is ${known.join(', ')}`, 'type')
      : reject('unknown-type', `no domain has an event of type ${envelope.type}`, 'type');
  }
  const data = contract.schema.safeParse(envelope.data, { error: inWords });
  if (!data.success) return rejectIssue('invalid-data', data.error, 'data');

  const key = contract.key(data.data);
  if (!isCorrelationKey(key))
    return reject('invalid-data', `the correlation key must be ${CORRELATION_KEY_RULE}`, 'data');
  if (envelope.correlationid !== undefined && envelope.correlationid !== key) {
    const detail = `correlationid is "${envelope.correlationid}", the data says "${key}"`;
    return reject('subject-mismatch', detail, 'correlationid');
  }
  const { id, source, type, time, causationid: causationId, traceparent } = envelope;
  const event = { id, source, type, key, time, data: data.data, causationId, traceparent };
  const newest = catalogue.upcast(event, contract);
  return newest.ok ? { ok: true, event: newest.event, published: contract } : newest;
}

function reject(reason: Reason, detail: string, path?: string): Decoding {
  return { ok: false, rejection: { reason, detail, path } };
}

function rejectIssue(reason: Reason, error: z.ZodError, ...root: string[]): Decoding {
  const { detail, path } = firstIssue(error, ...root);
  return reject(reason, detail, path);
}
