import { CORRELATION_KEY_RULE, STRUCTURED_CONTENT_TYPE } from '../contracts';
import type { JsonSchema } from './data-schema';
import { dataSchemaOf } from './data-schema';
import type { DescribedEvent } from './described';
import { envelopeSchema, exampleOf, structuredSchema } from './envelope';

const ENVELOPE = 'CloudEvent';
const HTTP_CHANNEL = 'events';

/**
 * Makes one AsyncAPI 3.0 document from the project's side: the project receives the events that others publish, and
 * sends the rest. Its schemas are of draft 7, the newest that AsyncAPI's tools read.
 */
export function asyncApi(events: readonly DescribedEvent[], title: string): JsonSchema {
  const received = events.filter(({ isReceived }) => isReceived);
  return {
    asyncapi: '3.0.0',
    info: {
      title,
      // The version of the interface; each event has its own version in its type.
      version: '1.0.0',
      description:
        'Events are CloudEvents 1.0 in JSON. Each has its major version in its type, and is published to a subject of NATS ' +
        'JetStream, or by POST /events of the gateway in structured, binary or batch mode.',
    },
    defaultContentType: STRUCTURED_CONTENT_TYPE,
    servers: {
      nats: server(
        'nats',
        '127.0.0.1:4222',
        'NATS with JetStream: the event is acknowledged when it is stored.',
      ),
      gateway: server('http', '127.0.0.1:8080', 'The gateway: 202 means that the event is stored.'),
    },
    channels: {
      ...Object.fromEntries(events.map((event) => [event.name, subjectChannel(event)])),
      ...(received.length > 0 && { [HTTP_CHANNEL]: httpChannel(received) }),
    },
    operations: {
      ...Object.fromEntries(events.map((event) => operationOf(event))),
      ...(received.length > 0 && { 'receive.events': httpOperation(received) }),
    },
    components: {
      messages: Object.fromEntries(events.map((event) => [event.name, messageOf(event)])),
      schemas: {
        [ENVELOPE]: envelopeSchema('draft-07'),
        ...Object.fromEntries(
          events.flatMap((event) => [
            [`${event.name}.data`, dataSchemaOf(event.contract, 'draft-07').schema],
            [
              event.name,
              structuredSchema(event, {
                envelope: schemaRef(ENVELOPE),
                data: schemaRef(`${event.name}.data`),
              }),
            ],
          ]),
        ),
      },
    },
  };
}

function server(protocol: string, host: string, description: string): JsonSchema {
  const address = {
    default: host,
    description: 'Where it is; the default is that of a development machine.',
  };
  return { host: '{address}', protocol, description, variables: { address } };
}

function subjectChannel(event: DescribedEvent): JsonSchema {
  return {
    address: event.subject,
    title: event.name,
    servers: [{ $ref: '#/servers/nats' }],
    parameters: {
      key: { description: `The correlation key, ${keyInWords(event)}: ${CORRELATION_KEY_RULE}.` },
    },
    messages: { [event.name]: { $ref: `#/components/messages/${event.name}` } },
  };
}

function httpChannel(received: readonly DescribedEvent[]): JsonSchema {
  return {
    address: '/events',
    title: 'The gateway',
    description: 'Answers 202, or a problem (RFC 9457) with what is wrong and where.',
    servers: [{ $ref: '#/servers/gateway' }],
    messages: Object.fromEntries(
      received.map(({ name }) => [name, { $ref: `#/components/messages/${name}` }]),
    ),
  };
}

function operationOf(event: DescribedEvent): readonly [string, JsonSchema] {
  const action = event.isReceived ? 'receive' : 'send';
  return [
    `${action}.${event.name}`,
    {
      action,
      channel: { $ref: `#/channels/${event.name}` },
      summary: event.contract.summary,
      messages: [{ $ref: `#/channels/${event.name}/messages/${event.name}` }],
    },
  ];
}

function httpOperation(received: readonly DescribedEvent[]): JsonSchema {
  return {
    action: 'receive',
    channel: { $ref: `#/channels/${HTTP_CHANNEL}` },
    summary: 'An event by HTTP.',
    bindings: { http: { method: 'POST', bindingVersion: '0.3.0' } },
    messages: received.map(({ name }) => ({ $ref: `#/channels/${HTTP_CHANNEL}/messages/${name}` })),
  };
}

function messageOf(event: DescribedEvent): JsonSchema {
  return {
    name: event.type,
    title: event.name,
    summary: event.contract.summary,
    contentType: STRUCTURED_CONTENT_TYPE,
    payload: { $ref: schemaRef(event.name) },
    examples: [{ name: 'example', payload: exampleOf(event) }],
  };
}

/** The correlation key of an event, in words. */
export function keyInWords({ key }: Pick<DescribedEvent, 'key'>): string {
  return key.kind === 'field' ? `the field ${key.field}` : `made of the data; ${key.example} for the example`;
}

function schemaRef(name: string): string {
  return `#/components/schemas/${name}`;
}
