import {
  BATCH_CONTENT_TYPE,
  BINARY_HEADER_PREFIX,
  JSON_MEDIA_TYPE,
  STRUCTURED_CONTENT_TYPE,
} from './envelope';
import type { JsonReading } from './json';
import { readJson } from './json';
import type { Reason } from '../names/reasons';

/** An event as it arrived, from HTTP or from NATS. Header names are lower-case. */
export interface IncomingMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** The headers of a message of NATS as those of an {@link IncomingMessage}: lower-case names, and the first value of each. */
export function lowerCased(headers: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, values]) => [name.toLowerCase(), values[0] ?? '']),
  );
}

const ANY_CLOUD_EVENTS = 'application/cloudevents';

/**
 * Reads the attributes and the data of a message, in structured or binary mode, into one unchecked object. The
 * content type decides the mode, as the bindings for HTTP and NATS say (section 3); without one, attributes in
 * headers mean binary mode.
 */
export function readEnvelope(message: IncomingMessage): JsonReading {
  const type = mediaTypeOf(message.headers);
  if (type?.startsWith(ANY_CLOUD_EVENTS) === true) {
    return type === STRUCTURED_CONTENT_TYPE ? readStructured(message.body) : unsupported(type);
  }
  if (`${BINARY_HEADER_PREFIX}specversion` in message.headers) return readBinary(message);
  return type === undefined ? readStructured(message.body) : unsupported(type);
}

/** The media type of a message, in lower case, without parameters. */
export function mediaTypeOf(headers: IncomingMessage['headers']): string | undefined {
  return headers['content-type']?.split(';')[0]?.trim().toLowerCase();
}

function unsupported(type: string): JsonReading {
  const detail =
    type === BATCH_CONTENT_TYPE
      ? 'a batch is taken by POST /events of the gateway only'
      : `"${type}" is neither ${STRUCTURED_CONTENT_TYPE} nor accompanied by the header ce-specversion`;
  return refuse('unsupported-content-type', detail);
}

function readStructured(body: Uint8Array): JsonReading {
  const reading = readJson(body);
  return reading.ok ? structuredEnvelope(reading.value) : reading;
}

/** An event in the JSON format, with the JSON in its `data_base64` decoded. */
function structuredEnvelope(value: unknown): JsonReading {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { ok: true, value };
  const envelope = withoutNulls(value);
  if (!('data_base64' in envelope)) return { ok: true, value: envelope };
  const { data_base64: encoded, ...others } = envelope;
  if ('data' in others) return refuse('invalid-envelope', 'must not stand beside data', 'data_base64');
  if (typeof encoded !== 'string' || !BASE64.test(encoded)) {
    return refuse('invalid-envelope', 'must be base64', 'data_base64');
  }
  const data = readJson(Buffer.from(encoded, 'base64'));
  if (!data.ok) {
    const { reason, detail, path } = data.rejection;
    return refuse(reason, detail, path === undefined ? 'data_base64' : `data.${path}`);
  }
  return { ok: true, value: { ...others, data: data.value } };
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;

/** An attribute that is null counts as not set (CloudEvents JSON format, section 2.2). */
function withoutNulls(envelope: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(envelope).filter(([name, value]) => name === 'data' || value !== null),
  );
}

function readBinary({ headers, body }: IncomingMessage): JsonReading {
  const attributes = Object.create(null) as Record<string, unknown>;
  for (const [header, value] of Object.entries(headers)) {
    if (!header.startsWith(BINARY_HEADER_PREFIX)) continue;
    const name = header.slice(BINARY_HEADER_PREFIX.length);
    const text = headerValue(value);
    if (text === undefined) {
      return refuse('invalid-envelope', 'has percent-encoded bytes that are not UTF-8', name);
    }
    // A URI reference may contain a percent-encoded space. Some SDKs send it without encoding it again, so the space
    // is encoded here.
    attributes[name] = name === 'source' ? text.replaceAll(' ', '%20') : text;
  }
  // HTTP sends it as the content type, NATS as an attribute like the others.
  const datacontenttype = headers['content-type'] ?? attributes['datacontenttype'];
  if (typeof datacontenttype === 'string' && !JSON_MEDIA_TYPE.test(datacontenttype)) {
    return refuse(
      'invalid-envelope',
      `is "${datacontenttype}"; must be application/json, or a type that ends with +json`,
      'datacontenttype',
    );
  }
  const data = readJson(body);
  if (!data.ok) return data;
  return { ok: true, value: { ...attributes, datacontenttype, data: data.value } };
}

const PERCENT_ENCODED = /(?:%[0-9a-f]{2})+/gi;

/**
 * The text of a header in binary mode: quotes are removed, and percent-encoding is decoded once (HTTP binding,
 * section 3.1.3.2). The SDKs for Go, Java and JavaScript send a text as it is, so a percent sign that does not begin
 * an encoded byte is kept.
 *
 * @returns `undefined` where the encoded bytes are not UTF-8
 */
function headerValue(value: string): string | undefined {
  const quoted = /^"(.*)"$/s.exec(value)?.[1];
  const text = quoted === undefined ? value : quoted.replace(/\\(.)/gs, '$1');
  try {
    return text.replace(PERCENT_ENCODED, (bytes) => decodeURIComponent(bytes));
  } catch {
    return undefined;
  }
}

function refuse(reason: Reason, detail: string, path?: string): JsonReading {
  return { ok: false, rejection: { reason, detail, path } };
}
