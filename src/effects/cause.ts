import { AsyncLocalStorage } from 'node:async_hooks';
import { z } from 'zod';
import { cloudEvent } from '../contracts';

const { id, traceparent } = cloudEvent.shape;

/** What led to a step, as the workflow hands it over; what cannot be read is left out, and fails no step. */
const cause = z
  .object({
    causationId: id.optional().catch(undefined),
    traceparent: traceparent.catch(undefined),
  })
  .catch({});

/** The event that a step follows from: its id and its trace context, for the events that the step writes. */
export type Cause = z.infer<typeof cause>;

const current = new AsyncLocalStorage<Cause>();

/** @param given as the workflow has sent it along, in `src/saga/steps.ts` */
export function withCause<Result>(given: unknown, run: () => Promise<Result>): Promise<Result> {
  return current.run(cause.parse(given), run);
}

/** Of the step that is running; empty outside of one, and where its workflow has taken no event. */
export function currentCause(): Cause {
  return current.getStore() ?? {};
}
