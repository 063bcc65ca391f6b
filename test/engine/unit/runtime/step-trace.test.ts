// Each attempt of a step is a span below what has led to it; its calls are spans below it, and continue its trace.
import type { Context } from '@temporalio/activity';
import { z } from 'zod';
import { traceIdOf } from '../../../../src/contracts';
import { activity, tracedCall, traceHeaders } from '../../../../src/effects';
import { stepTrace } from '../../../../src/runtime/roles/step-trace';
import type { SpanStart, Tracing } from '../../../../src/tracing';
import { untraced } from '../../../../src/tracing';

const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
const cause = { causationId: 'e-1', traceparent, tracestate: 'vendor=1' };
const info = {
  ...{ activityType: 'reserveStock', attempt: 2, taskQueue: 'inventory' },
  workflowExecution: { workflowId: 'order-o-1', runId: 'run-1' },
};

function recording() {
  const spans: { readonly start: SpanStart; ended?: unknown }[] = [];
  const tracing: Tracing = {
    records: true,
    start: (start) => {
      const span: (typeof spans)[number] = { start };
      spans.push(span);
      const trace = { traceparent: `00-${'a'.repeat(32)}-${String(spans.length).padStart(16, '0')}-01` };
      return { trace, end: (ended = {}) => void (span.ended = ended) };
    },
    stop: () => Promise.resolve(),
  };
  return { tracing, spans };
}

/** Runs an activity as a worker with the interceptor does. */
async function attempt(tracing: Tracing, sent: readonly unknown[], run: () => Promise<unknown>) {
  const { inbound, outbound } = stepTrace(tracing)({ info } as unknown as Context);
  const step = activity(z.object({}), run) as (...args: unknown[]) => Promise<unknown>;
  const result = await inbound?.execute?.({ args: [{}, ...sent], headers: {} }, ({ args }) => step(...args));
  return { result, fields: outbound?.getLogAttributes?.({}, (attributes) => attributes) };
}

const call = () => tracedCall({ name: 'POST pager' }, (headers) => Promise.resolve({ ...headers }));

test('without a record, the trace still goes into calls, and into the log', async () => {
  const { result, fields } = await attempt(untraced, [cause], async () => [await call(), traceHeaders()]);
  const headers = { traceparent, tracestate: 'vendor=1' };
  expect(result).toEqual([headers, headers]);
  expect(fields).toEqual({ eventId: 'e-1', traceId: traceIdOf(traceparent) });
});

test('with one, the attempt is a span, and the call another one below it', async () => {
  const { tracing, spans } = recording();
  const { result } = await attempt(tracing, [cause], async () => [traceHeaders(), await call()]);
  const spanOf = (number: number) => `00-${'a'.repeat(32)}-000000000000000${number}-01`;
  expect(result).toEqual([{ traceparent: spanOf(1) }, { traceparent: spanOf(2) }]);
  expect(spans.map(({ start: { name, parent } }) => [name, parent?.traceparent])).toEqual([
    ['reserveStock', traceparent],
    ['POST pager', spanOf(1)],
  ]);
  expect(spans[0]?.start.attributes?.()).toMatchObject({
    'temporal.workflow_id': 'order-o-1',
    'temporal.attempt': 2,
    'sagaline.cause': 'e-1',
  });
});

test('a failed attempt is a failed span', async () => {
  const { tracing, spans } = recording();
  const error = new Error('the database is away');
  await expect(attempt(tracing, [cause], () => Promise.reject(error))).rejects.toBe(error);
  expect(spans.map(({ ended }) => ended)).toEqual([{ error }]);
});

test.each([
  ['without a cause', []],
  ['with a second argument of its own', ['2026-01-15']],
  ['with a trace that cannot be read', [{ causationId: 'e-1', traceparent: 'garbage' }]],
])('an activity %s is no span, and begins no trace', async (_, sent) => {
  const { tracing, spans } = recording();
  const { result } = await attempt(tracing, sent, call);
  expect(result).toEqual({});
  expect(spans).toEqual([]);
});
