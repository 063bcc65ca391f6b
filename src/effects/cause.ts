import { AsyncLocalStorage } from 'node:async_hooks';
import { z } from 'zod';
import type { TraceContext } from '../contracts';
import { cloudEvent, readTrace } from '../contracts';
import type { Attributes, Tracing } from '../tracing';
import { inSpan, untraced } from '../tracing';

/**
 * The cause of a step, as the workflow sends it in `src/saga/steps.ts`. Fields that cannot be read are left out; they
 * do not fail the step.
 */
const sent = z
  .object({
    causationId: cloudEvent.shape.id.optional().catch(undefined),
    traceparent: z.unknown().optional(),
    tracestate: z.unknown().optional(),
  })
  .catch({});

/** The event that a step follows from, and the step's place in the trace: for the events that the step writes. */
export interface Cause extends Partial<TraceContext> {
  readonly causationId?: string | undefined;
}

/** The cause of the running step; nothing outside of a step. */
const running = new AsyncLocalStorage<Cause>();

/** Reads the cause that a workflow has sent. */
export function readCause(given: unknown): Cause {
  const { causationId, traceparent, tracestate } = sent.parse(given);
  return { ...(causationId !== undefined && { causationId }), ...readTrace(traceparent, tracestate) };
}

/** Runs a step with its cause: the events that it writes, and its calls, carry it. */
export function withCause<Result>(given: unknown, run: () => Promise<Result>): Promise<Result> {
  return running.run(readCause(given), run);
}

/** The cause of the running step; empty outside of a step. */
export function causeOfStep(): Cause {
  return running.getStore() ?? {};
}

/**
 * The headers that continue the trace of the running step in an HTTP call: `traceparent`, and `tracestate` if there is
 * one. Empty outside of a step, and in a step without a trace.
 *
 * @example
 * await fetch('https://pager.example.com/alerts', { method: 'POST', headers: { ...traceHeaders() } });
 */
export function traceHeaders(): Readonly<Record<string, string>> {
  return headersOf(causeOfStep());
}

/** How the calls of the running step are recorded. */
const recording = new AsyncLocalStorage<Tracing>();

/** Runs a step whose calls are recorded. */
export function withTracing<Result>(tracing: Tracing, run: () => Promise<Result>): Promise<Result> {
  return recording.run(tracing, run);
}

/** A call of a step to another system, for its span. */
export interface TracedCall<Result> {
  /** Few different names, such as `POST payment provider`: never an id. */
  readonly name: string;
  /** By OpenTelemetry's names, such as `http.request.method`. */
  readonly attributes?: Attributes;
  /** What the span says of the result: further attributes, such as `http.response.status_code`. */
  readonly tell?: (result: Result) => Attributes;
}

/**
 * Makes a call of a step in a span of its own, and gives it the headers that continue the trace there. If no spans are
 * recorded, the headers are those of {@link traceHeaders}.
 *
 * @throws what the call throws; the span has failed then
 *
 * @example
 * const response = await tracedCall(
 *   { name: 'POST pager', tell: ({ status }: Response) => ({ 'http.response.status_code': status }) },
 *   (headers) => fetch('https://pager.example.com/alerts', { method: 'POST', headers: { ...headers } }),
 * );
 */
export function tracedCall<Result>(
  { name, attributes, tell }: TracedCall<Result>,
  call: (headers: Readonly<Record<string, string>>) => Promise<Result>,
): Promise<Result> {
  const tracing = recording.getStore() ?? untraced;
  const { traceparent, tracestate } = causeOfStep();
  if (!tracing.records || traceparent === undefined) return call(traceHeaders());
  return inSpan(
    tracing,
    { name, kind: 'client', parent: { traceparent, tracestate }, attributes: () => attributes ?? {} },
    (trace) => call(headersOf(trace ?? {})),
    (result) => ({ ...(tell && { attributes: tell(result) }) }),
  );
}

function headersOf({ traceparent, tracestate }: Partial<TraceContext>): Readonly<Record<string, string>> {
  return {
    ...(traceparent !== undefined && { traceparent }),
    ...(tracestate !== undefined && { tracestate }),
  };
}
