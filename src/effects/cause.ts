import { AsyncLocalStorage } from 'node:async_hooks';
import { z } from 'zod';
import type { TraceContext } from '../contracts';
import { cloudEvent, readTrace } from '../contracts';

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
  const { traceparent, tracestate } = causeOfStep();
  return {
    ...(traceparent !== undefined && { traceparent }),
    ...(tracestate !== undefined && { tracestate }),
  };
}
