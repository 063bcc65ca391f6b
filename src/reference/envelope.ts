import { z } from 'zod';
import { cloudEvent, sourceFor } from '../contracts';
import type { JsonSchema } from './data-schema';
import type { DescribedEvent } from './described';

/** Descriptions of the attributes, for people who read the schema. */
const MEANINGS: Readonly<Record<string, string>> = {
  id: 'With source the identity of the event: the same pair is the same event, however often it is sent.',
  source: 'Who publishes it: a URI reference without spaces, such as /website.',
  time: 'When it happened.',
  correlationid: 'The correlation key, where the publisher says it too: it must be the one in the data.',
  causationid: 'Id of the event that caused this one.',
  expirytime: 'Behind this time the event is not applied any more.',
  traceparent: 'W3C trace context. One that cannot be read is left out.',
  tracestate: 'Further data of tracing systems, with traceparent only.',
};

/** The attributes of every event, as CloudEvents 1.0 in JSON; extensions are allowed. */
export function envelopeSchema(draft: 'draft-2020-12' | 'draft-07' = 'draft-2020-12'): JsonSchema {
  const { properties, ...rest } = z.toJSONSchema(cloudEvent, {
    io: 'input',
    target: draft,
    override: ({ jsonSchema }) => {
      delete jsonSchema['rules'];
    },
  }) as JsonSchema;
  const described = Object.entries(properties as Record<string, JsonSchema>).map(([name, property]) => [
    name,
    name in MEANINGS ? { description: MEANINGS[name], ...property } : property,
  ]);
  delete rest['$schema'];
  return {
    ...rest,
    description: 'CloudEvents 1.0 in JSON. Extensions are texts, numbers or true/false.',
    properties: Object.fromEntries(described) as JsonSchema,
    propertyNames: { pattern: '^[a-z0-9]{1,64}$' },
  };
}

/** The schema of one event in structured mode. */
export function structuredSchema(
  { type, contract, subject }: DescribedEvent,
  refs: { readonly envelope: string; readonly data: string },
): JsonSchema {
  return {
    description: `${contract.summary} Over NATS it is published to ${subject}.`,
    allOf: [{ $ref: refs.envelope }],
    type: 'object',
    properties: { type: { const: type }, data: { $ref: refs.data } },
    required: ['type', 'data'],
  };
}

/** A whole event that fits its contract: the contract's example in an envelope. */
export function exampleOf({ type, contract }: DescribedEvent): JsonSchema {
  return {
    specversion: '1.0',
    id: 'example-1',
    source: sourceFor(contract, '/example'),
    type,
    time: '2026-01-15T10:30:00Z',
    datacontenttype: 'application/json',
    data: contract.example,
  };
}
