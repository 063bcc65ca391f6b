// The publish of an event of the outbox is a span of the trace that its step has written into it.
import type { Publish } from '../../../../src/adapters/nats';
import { tracedPublish } from '../../../../src/relay';
import type { SpanStart, Tracing } from '../../../../src/tracing';
import { untraced } from '../../../../src/tracing';

const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
type OutgoingMessage = Parameters<Publish>[0];

const receipt = { stream: 'EVENTS', sequence: 1, duplicate: false };
const messageOf = (body: object): OutgoingMessage => ({
  ...{ id: 'e-1', source: '/sagaline/orders', subject: 'evt.orders.confirmed.v1.o-1' },
  body: new TextEncoder().encode(JSON.stringify(body)),
});

function relaying(records: boolean) {
  const starts: SpanStart[] = [];
  const sent: OutgoingMessage[] = [];
  const tracing: Tracing = {
    ...untraced,
    records,
    start: (start) => {
      starts.push(start);
      return untraced.start(start);
    },
  };
  const publish = tracedPublish((message) => {
    sent.push(message);
    return Promise.resolve(receipt);
  }, tracing);
  return { publish, starts, sent };
}

test('it continues the trace of the event, whose bytes stay', async () => {
  const { publish, starts, sent } = relaying(true);
  const message = messageOf({ traceparent });
  expect(await publish(message)).toEqual(receipt);
  expect(sent).toEqual([message]);
  expect(starts).toMatchObject([{ name: 'publish', kind: 'producer', parent: { traceparent } }]);
  expect(starts[0]?.attributes?.()).toMatchObject({ 'cloudevents.event_id': 'e-1' });
});

test.each([{}, { traceparent: 'garbage' }, []])('without a trace, %j, there is no span', async (body) => {
  const { publish, starts, sent } = relaying(true);
  await publish(messageOf(body));
  expect([starts.length, sent.length]).toEqual([0, 1]);
});

test('without a record nothing is read', async () => {
  const { publish, starts } = relaying(false);
  await publish(messageOf({ traceparent }));
  expect(starts).toEqual([]);
});
