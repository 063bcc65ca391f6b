// The trace of a request is that of the events which it brings, unless they have their own.
import { readTrace } from '../../../../src/contracts';
import { structured } from '../../../support/fakes/messages';
import { gatewayUnderTest } from './gateway-under-test';

const traceOf = (digit: string) => `00-${digit.repeat(32)}-${digit.repeat(16)}-01`;
const REQUEST = traceOf('a');
const OWN = traceOf('b');

/** The trace context of the event that this request publishes. */
async function published(
  headers: Readonly<Record<string, string>>,
  attributes: Readonly<Record<string, unknown>> = {},
) {
  const gateway = gatewayUnderTest();
  const message = structured(attributes);
  const response = await gateway.app.inject({
    method: 'POST',
    url: '/events',
    headers: { ...message.headers, ...headers },
    body: Buffer.from(message.body),
  });
  expect(response.statusCode).toBe(202);
  const [event] = gateway.published;
  const { traceparent, tracestate } = JSON.parse(new TextDecoder().decode(event?.body)) as Record<
    string,
    string
  >;
  return { traceparent, tracestate };
}

test('an event continues the trace of its request', async () =>
  expect(await published({ traceparent: REQUEST, tracestate: 'vendor=1' })).toEqual({
    traceparent: REQUEST,
    tracestate: 'vendor=1',
  }));

// "it MUST NOT carry trace information of each individual hop": CloudEvents, distributed tracing extension.
test('an event that has a trace keeps it', async () =>
  expect(await published({ traceparent: REQUEST, tracestate: 'vendor=1' }, { traceparent: OWN })).toEqual({
    traceparent: OWN,
  }));

test.each([{}, { traceparent: '00-garbage' }])(
  'without a trace that can be read, %j, one begins, the same for each repeat',
  async (headers) => {
    const first = await published(headers, { traceparent: 'garbage' });
    expect(readTrace(first.traceparent)).toEqual({ traceparent: first.traceparent });
    expect(await published(headers)).toEqual(first);
    expect(await published(headers, { id: 'another' })).not.toEqual(first);
  },
);
