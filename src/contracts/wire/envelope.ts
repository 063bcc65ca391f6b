import { z } from 'zod';
import { MAX_EVENT_TYPE_LENGTH } from '../names/subject';
import { timestamp } from './time';

/**
 * CloudEvents 1.0 in JSON (https://github.com/cloudevents/spec, `cloudevents/spec.md` and `formats/json-format.md`),
 * with the extensions `correlationid`, `causationid`, `traceparent`, `tracestate` and `expirytime`. Any other extension is kept.
 */
export const STRUCTURED_CONTENT_TYPE = 'application/cloudevents+json';
/** Several events in one HTTP request; NATS has no such mode. */
export const BATCH_CONTENT_TYPE = 'application/cloudevents-batch+json';
/** Prefix of the attributes in binary mode, for HTTP and for NATS alike. */
export const BINARY_HEADER_PREFIX = 'ce-';

/**
 * The longest id, in characters. Workflows keep 1,000 identities, and an id is part of each. UUIDs and providers' ids
 * are far shorter.
 */
const MAX_ID = 128;
const MAX_SOURCE = 256;
const MAX_ATTRIBUTE = 512;
/** The longest extension, in characters. W3C baggage is the longest that is in use. */
const MAX_EXTENSION = 8_192;

// eslint-disable-next-line no-control-regex -- control characters are what it refuses
const NO_CONTROL = /^[^\u0000-\u001f\u007f-\u009f]*$/;
const CONTROL_RULE = 'must not contain control characters';

/** One line of visible characters: these texts become headers, log fields and search attributes. */
const line = (max: number) => z.string().min(1).max(max).regex(NO_CONTROL, CONTROL_RULE);

/** The specification's MUST. Its "SHOULD NOT exceed 20 characters" is not enforced. */
const extensionName = /^[a-z0-9]{1,64}$/;
const extensionValue = z.union([
  z.string().max(MAX_EXTENSION).regex(NO_CONTROL, CONTROL_RULE),
  z.number().min(Number.MIN_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER),
  z.boolean(),
]);

/** A media type whose data is JSON: `application/json`, `application/vnd.shop.order+json; charset=utf-8`. */
export const JSON_MEDIA_TYPE = /^\s*[\w.!#$&^-]+\/(json|[\w.!#$&^-]+\+json)\s*(;.*)?$/i;

export const cloudEvent = z
  .object({
    specversion: z.literal('1.0', { error: 'must be "1.0", the only version of CloudEvents that is read' }),
    id: line(MAX_ID),
    source: line(MAX_SOURCE).regex(/^\S*$/, 'must be a URI reference, without spaces'),
    type: line(MAX_EVENT_TYPE_LENGTH),
    subject: line(MAX_ATTRIBUTE).optional(),
    time: timestamp.optional(),
    datacontenttype: z
      .string()
      .regex(JSON_MEDIA_TYPE, 'must be application/json, or a type that ends with +json')
      .max(MAX_ATTRIBUTE)
      .optional(),
    dataschema: line(MAX_ATTRIBUTE).optional(),
    correlationid: line(MAX_ATTRIBUTE).optional(),
    causationid: line(MAX_ATTRIBUTE).optional(),
    /** After this time the event is not applied any more (extension `expirytime`). */
    expirytime: timestamp.optional(),
    /** W3C trace context. A malformed one is left out: it must not refuse an order. */
    traceparent: z.string().optional().catch(undefined),
    tracestate: z.string().optional().catch(undefined),
    data: z.unknown().optional(),
  })
  .catchall(extensionValue)
  .superRefine((event, context) => {
    for (const name of Object.keys(event)) {
      if (!extensionName.test(name)) {
        const message = 'attribute names are 1 to 64 lower-case letters and digits';
        context.addIssue({ code: 'custom', path: [name], message });
      }
    }
  });

export type CloudEvent = z.infer<typeof cloudEvent>;

/** Whether CloudEvents, or one of the extensions that are read, defines an attribute. */
export function isCloudEventAttribute(name: string): boolean {
  return Object.hasOwn(cloudEvent.shape, name);
}

/** Attributes that have their own field in a domain event; all others are kept unchanged. */
const OWN = new Set([
  ...['specversion', 'id', 'source', 'type', 'time', 'data', 'expirytime'],
  ...['correlationid', 'causationid', 'traceparent', 'tracestate'],
]);

/** The attributes of an event other than its identity, time and data: `subject`, `dataschema`, extensions. */
export type OtherAttributes = Readonly<Record<string, string | number | boolean>>;

/**
 * The attributes that have no field of their own in a domain event; `undefined` if there are none.
 *
 * @param key the correlation key, which is the default of `subject`
 */
export function otherAttributesOf(envelope: CloudEvent, key: string): OtherAttributes | undefined {
  const others = Object.entries(envelope).filter(
    ([name, value]) => !OWN.has(name) && value !== undefined && !isImplied(name, value, key),
  );
  return others.length === 0 ? undefined : (Object.fromEntries(others) as OtherAttributes);
}

/** Whether the attribute has its default value, so that it can be left out. */
function isImplied(name: string, value: unknown, key: string): boolean {
  if (name === 'subject') return value === key;
  return name === 'datacontenttype' && /^\s*application\/json\s*(;|$)/i.test(String(value));
}
