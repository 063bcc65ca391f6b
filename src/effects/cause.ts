import { AsyncLocalStorage } from 'node:async_hooks';
import { z } from 'zod';
import { cloudEvent } from '../contracts';

const { id, traceparent } = cloudEvent.shape;

/**
 * The cause of a step, as the workflow sends it. Fields that cannot be read are left out; they do not fail the step.
 */
const cause = z
  .object({
    causationId: id.optional().catch(undefined),
    traceparent: traceparent.catch(undefined),
  })
  .catch({});

/** The event that a step follows from: its id and its trace context, for the events that the step writes. */
export type Cause = z.infer<typeof cause>;

const current = new AsyncLocalStorage<Cause>();

/**
 * Runs a step with its cause.
 *
 * @param given the cause as the workflow has sent it, in `src/saga/steps.ts`
 */
export function withCause<Result>(given: unknown, run: () => Promise<Result>): Promise<Result> {
  return current.run(cause.parse(given), run);
}

/** The cause of the running step; empty outside of a step, and if its workflow has taken no event. */
export function currentCause(): Cause {
  return current.getStore() ?? {};
}
