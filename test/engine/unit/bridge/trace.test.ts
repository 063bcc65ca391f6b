// The trace of an event goes into its signal; a trace that cannot be read begins anew, and refuses nothing.
import { readTrace, traceIdOf } from '../../../../src/contracts';
import type { DomainEvent } from '../../../../src/contracts';
import type { SpanStart, Tracing } from '../../../../src/tracing';
import { createInEventSpan, untraced } from '../../../../src/tracing';
import { answered, bridgeAmongFakes, fakeWorkflows } from '../../../support/fakes/bridge';
import { structured } from '../../../support/fakes/messages';

const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;

/** The event that the bridge signals, and how it ended. */
async function signalled(attributes: Readonly<Record<string, unknown>>, tracing: Tracing = untraced) {
  const workflows = fakeWorkflows();
  const bridge = bridgeAmongFakes({ parts: { workflows, inEventSpan: createInEventSpan(tracing) } });
  await bridge.deliver({ body: structured(attributes).body });
  expect(bridge.deadLetters).toEqual([]);
  return workflows.asked[0]?.[1] as DomainEvent;
}

test('the trace of an event is that of its signal', async () =>
  expect(await signalled({ traceparent, tracestate: 'vendor=1' })).toMatchObject({
    traceparent,
    tracestate: 'vendor=1',
  }));

test.each(['garbage', 7, '', undefined])(
  'an event with the trace %j begins one, the same for each delivery',
  async (wrong) => {
    const first = await signalled({ traceparent: wrong });
    expect(readTrace(first.traceparent)).toBeDefined();
    expect((await signalled({ traceparent: wrong })).traceparent).toBe(first.traceparent);
  },
);

/** Counts spans, and makes a context for each. */
function counting() {
  const spans: { start: SpanStart; ended?: unknown }[] = [];
  const tracing: Tracing = {
    records: true,
    start: (start) => {
      const span: (typeof spans)[number] = { start };
      spans.push(span);
      const traceId = start.parent ? traceIdOf(start.parent.traceparent) : 'c'.repeat(32);
      const trace = { traceparent: `00-${traceId}-${String(spans.length).padStart(16, '0')}-01` };
      return { trace, end: (ended = {}) => void (span.ended = ended) };
    },
    stop: () => Promise.resolve(),
  };
  return { tracing, spans };
}

test('the event is a span, each dispatch one below it, and the signal has the context of its dispatch', async () => {
  const { tracing, spans } = counting();
  const event = await signalled({ traceparent }, tracing);
  expect(spans.map(({ start: { name, parent } }) => [name, parent?.traceparent])).toEqual([
    ['process event', traceparent],
    ['dispatch', `00-${'a'.repeat(32)}-0000000000000001-01`],
  ]);
  expect(event.traceparent).toBe(`00-${'a'.repeat(32)}-0000000000000002-01`);
  expect(spans.map(({ ended }) => ended)).toEqual(
    Array(2).fill({ attributes: { 'sagaline.outcome': 'accepted' } }),
  );
  expect(spans.map(({ start }) => start.attributes?.())).toMatchObject([
    { 'cloudevents.event_id': 'event-1', 'sagaline.key': 'p-1' },
    { 'sagaline.route': expect.any(String), 'temporal.workflow_id': expect.stringContaining('p-1') },
  ]);
});

test('a dead letter is a failed span with its reason', async () => {
  const { tracing, spans } = counting();
  const workflows = fakeWorkflows({ signalWithStart: [answered('full')] });
  const bridge = bridgeAmongFakes({ parts: { workflows, inEventSpan: createInEventSpan(tracing) } });
  await bridge.deliver();
  expect(spans.map(({ ended }) => ended)).toEqual(
    Array(2).fill({ attributes: { 'sagaline.outcome': 'dead-letter' }, error: 'dead letter: signal-limit' }),
  );
});
