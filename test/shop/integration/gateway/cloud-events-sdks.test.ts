// Events as the official CloudEvents SDKs send them: both modes, over HTTP to the gateway and over NATS. Each is accepted, and has the
// same identity in whatever mode it came.
import { once } from 'node:events';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloudEvent, HTTP } from 'cloudevents';
import type { FastifyInstance } from 'fastify';
import { headers as natsHeaders } from 'nats';
import { createPublisher, createStreamReader, EVENTS_STREAM } from '../../../../src/adapters/nats';
import {
  createCatalogue,
  decodePublished,
  identityOf,
  originalSubject,
  outgoing,
} from '../../../../src/contracts';
import { shop } from '../../../../domains/shop';
import { cancellationRequested } from '../../../../domains/shop/events';
import { gatewayUnderTest } from '../../unit/gateway/gateway-under-test';
import type { SdkEvent, SdkMessage } from '../../../support/cloud-events/python';
import { pythonMessages } from '../../../support/cloud-events/python';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';

// The first run installs the Python SDK.
jest.setTimeout(150_000);

const catalogue = createCatalogue([shop]);
let nats: TestNats;
let gateway: FastifyInstance;
let port: number;

beforeAll(async () => {
  nats = await startTestNats();
  gateway = gatewayUnderTest({ catalogue, publish: createPublisher(nats.connection.jetstream()) }).app;
  await gateway.listen({ port: 0, host: '127.0.0.1' });
  port = (gateway.server.address() as AddressInfo).port;
});
afterAll(async () => {
  await gateway.close();
  await nats.stop();
});

/** One event of each kind that publishers send; ids and keys are made for each SDK. */
const KINDS: Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>> = {
  plain: {},
  'with a time': { time: '2026-01-31T12:00:00.123456Z' },
  'with a subject, a schema and a type of its data': {
    subject: 'orders/7 of Ünal',
    dataschema: 'https://example.com/schemas/order',
    datacontenttype: 'application/vnd.shop.order+json',
  },
  'with extensions of every type': {
    flag: true,
    count: -7,
    link: 'https://example.com/a?b=c%20d',
    picture: 'AAECAw==',
    seenat: '2026-01-01T00:00:00Z',
    averylongextensionname: 'longer than twenty characters',
  },
  'with a trace that nobody can read': { traceparent: '00-garbage' },
  'with a trace': {
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    tracestate: 'vendor=1',
  },
  'with a source that is percent-encoded': { source: 'https://shop.example/caf%C3%A9/a%20b' },
  'with a percent sign in its id': { id: '100%' },
};
const EVENTS = Object.keys(KINDS).length;
let made = 0;

function eventsOf(sdk: string): SdkEvent[] {
  return Object.values(KINDS).map((attributes) => {
    const key = `${sdk}-${++made}`;
    const { id = 'id', ...more } = attributes;
    const own = { specversion: '1.0', type: cancellationRequested.type, source: `/${sdk}` };
    return {
      attributes: { ...own, ...more, id: `${key} ${String(id)}` },
      data: { orderId: key, detail: 'Found it chéaper €' },
    };
  });
}

/** @param encoding of the bytes of a header: the SDK for JavaScript leaves it to Node, the others send UTF-8 */
async function post({ headers, body }: SdkMessage, encoding: 'latin1' | 'utf8' = 'utf8') {
  const raw = Object.entries(headers).map(
    ([name, value]) => [name, Buffer.from(String(value), encoding).toString('latin1')] as const,
  );
  const sent = request({ port, method: 'POST', path: '/events', headers: Object.fromEntries(raw) });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [NodeJS.ReadableStream & { statusCode: number }];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode, answer: JSON.parse(text) as { duplicate?: boolean } };
}

/** @returns the identity of the event as the bridge reads it, or why it does not */
async function throughNats({ headers, body }: SdkMessage, { data }: SdkEvent): Promise<string> {
  const head = natsHeaders();
  for (const [name, value] of Object.entries(headers)) head.set(name, String(value));
  const { orderId } = data as { orderId: string };
  const subject = `evt.orders.cancellation-requested.v1.${orderId}`;
  const { seq } = await nats.connection.jetstream().publish(subject, body, { headers: head });
  const reader = await createStreamReader(nats.connection, EVENTS_STREAM);
  const stored = await reader.next('p.>', seq);
  if (!stored) throw new Error('it is not stored');
  const decoding = decodePublished({ ...stored, subject: originalSubject(stored.subject) }, catalogue);
  return decoding.ok ? identityOf(decoding.event) : JSON.stringify(decoding.rejection);
}

async function conforms(
  events: readonly SdkEvent[],
  messages: readonly (readonly SdkMessage[])[],
  encoding?: 'latin1' | 'utf8',
): Promise<{ sends: number; accepted: number }> {
  let sends = 0;
  let accepted = 0;
  for (const [at, event] of events.entries()) {
    const all = messages[at] ?? [];
    const identity = identityOf({
      source: String(event.attributes['source']),
      id: String(event.attributes['id']),
    });
    for (const [n, message] of all.entries()) {
      const { status, answer } = await post(message, encoding);
      expect({ ...message, status, answer }).toMatchObject({ status: 202, answer: { duplicate: n > 0 } });
      expect(await throughNats(message, event)).toBe(identity);
      sends += 2;
      accepted += 2;
    }
  }
  return { sends, accepted };
}

test('the SDK for JavaScript', async () => {
  const events = eventsOf('js');
  const messages = events.map(({ attributes, data }): SdkMessage[] => {
    // Node takes no header beyond Latin-1, and so neither does this SDK in binary mode.
    const event = new CloudEvent({ ...(attributes as { type: string; source: string }), data });
    const binaryData = new CloudEvent({
      ...(attributes as { type: string; source: string }),
      data: new Uint8Array(Buffer.from(JSON.stringify(data))),
    });
    return [
      { mode: 'binary', ...HTTP.binary(event) },
      { mode: 'structured', ...HTTP.structured(event) },
      { mode: 'structured, data as bytes', ...HTTP.structured(binaryData) },
    ].map(({ mode, headers, body }) => ({
      api: 'js',
      mode,
      headers: headers as SdkMessage['headers'],
      body: Buffer.from(body as string),
    }));
  });
  const { sends, accepted } = await conforms(events, messages, 'latin1');
  expect([sends, accepted]).toEqual([EVENTS * 3 * 2, EVENTS * 3 * 2]);
});

test('the SDK for Python', async () => {
  const events = eventsOf('python');
  const { sends, accepted } = await conforms(events, await pythonMessages(events));
  expect([sends, accepted]).toEqual([EVENTS * 4 * 2, EVENTS * 4 * 2]);
});

// By hand, from their sources: sdk-go v2/protocol/http/write_request.go and protocol/nats_jetstream/v3/write_message.go,
// sdk-java http/basic/.../HttpMessageWriter.java. Header values go out as they are, header names as Go writes them.
test('what the SDKs for Go and Java send', async () => {
  const events = eventsOf('go');
  const messages = events.map(({ attributes, data }): SdkMessage[] => {
    const { datacontenttype = 'application/json', ...others } = attributes;
    const body = Buffer.from(JSON.stringify(data));
    const named = (prefix: (name: string) => string) =>
      Object.fromEntries(Object.entries(others).map(([name, value]) => [prefix(name), value]));
    const upper = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
    return [
      {
        api: 'go, HTTP',
        mode: 'binary',
        headers: { ...named((name) => `Ce-${upper(name)}`), 'Content-Type': datacontenttype },
        body,
      },
      {
        api: 'java',
        mode: 'binary',
        headers: { ...named((name) => `ce-${name}`), 'Content-Type': datacontenttype },
        body,
      },
      {
        api: 'go and java',
        mode: 'structured',
        headers: { 'Content-Type': 'application/cloudevents+json; charset=UTF-8' },
        body: Buffer.from(JSON.stringify({ ...attributes, data })),
      },
    ];
  });
  const { sends, accepted } = await conforms(events, messages);
  expect([sends, accepted]).toEqual([EVENTS * 3 * 2, EVENTS * 3 * 2]);
});

test('what the SDK for Go sends over NATS: no content type, its attribute as a header', async () => {
  const [event] = eventsOf('go-nats');
  if (!event) throw new Error('there is one');
  const { attributes, data } = event;
  const headers = Object.fromEntries(
    Object.entries({ ...attributes, datacontenttype: 'application/json' }).map(([name, value]) => [
      `ce-${name}`,
      value,
    ]),
  );
  const identity = identityOf({ source: String(attributes['source']), id: String(attributes['id']) });
  const body = Buffer.from(JSON.stringify(data));
  expect(await throughNats({ api: 'go', mode: 'binary', headers, body }, event)).toBe(identity);
  const structured = Buffer.from(JSON.stringify({ ...attributes, data }));
  expect(await throughNats({ api: 'go', mode: 'structured', headers: {}, body: structured }, event)).toBe(
    identity,
  );
});

test('what was sent comes back out: extensions are in the stream, and in what is encoded from it', async () => {
  const key = `out-${++made}`;
  const trace = {
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    tracestate: 'vendor=1',
  };
  const extensions = { flag: true, count: -7, link: 'https://example.com/a', ...trace };
  const event = new CloudEvent({
    ...{ source: '/out', type: cancellationRequested.type, subject: 'orders/7', ...extensions },
    data: { orderId: key, detail: 'x' },
  });
  const { headers, body } = HTTP.structured(event);
  await post({
    api: 'js',
    mode: 'structured',
    headers: headers as SdkMessage['headers'],
    body: Buffer.from(body as string),
  });
  const reader = await createStreamReader(nats.connection, EVENTS_STREAM);
  const stored = await reader.last(`p.*.*.orders.cancellation-requested.v1.${key}`);
  if (!stored) throw new Error('it is not stored');
  const expected = { ...extensions, subject: 'orders/7', id: event.id };
  expect(JSON.parse(Buffer.from(stored.body).toString())).toMatchObject(expected);
  const decoding = decodePublished({ ...stored, subject: originalSubject(stored.subject) }, catalogue);
  if (!decoding.ok) throw new Error(decoding.rejection.detail);
  // As a workflow has it, and as its dead letter would be.
  const again = outgoing(decoding.event);
  expect(JSON.parse(Buffer.from(again.body).toString())).toMatchObject(expected);
});
