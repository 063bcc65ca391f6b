/** What can be read of a message, even if it cannot be decoded. */
import { parseSubject } from '../names/subject';
import { readTrace, traceIdOf } from '../names/trace';
import { MAX_EVENT_BYTES } from './decode';
import type { PublishedMessage } from './decode';
import { cloudEvent } from './envelope';
import type { IncomingMessage } from './read-envelope';
import { lowerCased, readEnvelope } from './read-envelope';

/** Source and id of a message, even if the rest of it cannot be read; `undefined` if they cannot be read either. */
export function identityIn(message: IncomingMessage): { source: string; id: string } | undefined {
  const given = attributesIn(message);
  const source = cloudEvent.shape.source.safeParse(given['source']);
  const id = cloudEvent.shape.id.safeParse(given['id']);
  return source.success && id.success ? { source: source.data, id: id.data } : undefined;
}

/**
 * The fields of a log line about a message that is no event: the names are those of `logFieldsOf`, and each is there if
 * it can be read. The key is that of the subject.
 */
export function logFieldsIn({
  subject,
  headers,
  body,
}: PublishedMessage): Readonly<Record<string, string | undefined>> {
  const isLarge = body.byteLength > MAX_EVENT_BYTES;
  const given = isLarge ? {} : attributesIn({ headers: lowerCased(headers), body });
  const trace = readTrace(given['traceparent']);
  return {
    eventId: cloudEvent.shape.id.safeParse(given['id']).data,
    eventType: cloudEvent.shape.type.safeParse(given['type']).data,
    key: parseSubject(subject)?.key,
    traceId: trace && traceIdOf(trace.traceparent),
  };
}

/** The attributes, unchecked. */
function attributesIn(message: IncomingMessage): Readonly<Record<string, unknown>> {
  const reading = readEnvelope(message);
  const envelope = reading.ok ? reading.value : parsedAnyhow(message.body);
  return typeof envelope === 'object' && envelope !== null ? (envelope as Record<string, unknown>) : {};
}

/** Parses JSON that {@link readEnvelope} refuses for its content. */
function parsedAnyhow(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
