import { z } from 'zod';
import { MAX_EVENT_TYPE_LENGTH } from './event-type';
import { timestamp } from './time';

/**
 * CloudEvents 1.0 in JSON (https://github.com/cloudevents/spec, `cloudevents/spec.md` and `formats/json-format.md`),
 * with the extensions `correlationid`, `causationid`, `traceparent` and `partitionkey`.
 */
export const STRUCTURED_CONTENT_TYPE = 'application/cloudevents+json';
/** Prefix of the attributes in binary mode, for HTTP and for NATS alike. */
export const BINARY_HEADER_PREFIX = 'ce-';

/** An id that is part of an identity kept by workflows, 1,000 at a time; UUIDs and providers' ids are far shorter. */
const MAX_ID = 128;
const MAX_SOURCE = 256;
const MAX_ATTRIBUTE = 512;

/** One line of visible characters: these texts become headers, log fields and search attributes. */
const line = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    // eslint-disable-next-line no-control-regex -- control characters are what it refuses
    .regex(/^[^\u0000-\u001f\u007f-\u009f]*$/, 'must not contain control characters');

const extensionName = /^[a-z0-9]{1,20}$/;
const extensionValue = z.union([z.string().max(MAX_ATTRIBUTE), z.number(), z.boolean()]);

export const cloudEvent = z
  .object({
    specversion: z.literal('1.0'),
    id: line(MAX_ID),
    source: line(MAX_SOURCE).regex(/^\S*$/, 'must be a URI reference, without spaces'),
    type: line(MAX_EVENT_TYPE_LENGTH),
    subject: line(MAX_ATTRIBUTE).optional(),
    time: timestamp.optional(),
    expirytime: timestamp.optional(),
    datacontenttype: z
      .string()
      .regex(/^application\/json(\s*;.*)?$/i, 'must be application/json')
      .max(MAX_ATTRIBUTE)
      .optional(),
    dataschema: line(MAX_ATTRIBUTE).optional(),
    correlationid: line(MAX_ATTRIBUTE).optional(),
    causationid: line(MAX_ATTRIBUTE).optional(),
    partitionkey: line(MAX_ATTRIBUTE).optional(),
    traceparent: z
      .string()
      .regex(/^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/, 'must be a W3C traceparent')
      .optional(),
    data: z.unknown().optional(),
  })
  .catchall(extensionValue)
  .superRefine((event, context) => {
    for (const name of Object.keys(event)) {
      if (!extensionName.test(name)) {
        const message = 'attribute names are 1 to 20 lower-case letters and digits';
        context.addIssue({ code: 'custom', path: [name], message });
      }
    }
  });

export type CloudEvent = z.infer<typeof cloudEvent>;
