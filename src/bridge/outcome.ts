import type { DomainEvent, Rejection } from '../contracts';
import type { Target, Unavailability } from './ports';

/** What became of an event on one route. */
export type DispatchOutcome =
  | { readonly kind: 'accepted' }
  /** The workflow has received this very event before and has closed since. */
  | { readonly kind: 'repeated' }
  | { readonly kind: 'discarded' }
  | { readonly kind: 'dead-letter'; readonly rejection: Rejection }
  | { readonly kind: 'unavailable'; readonly why: Unavailability; readonly cause: unknown }
  | { readonly kind: 'rejected'; readonly cause: unknown };

/** A workflow may open or close between two calls. After this many contradictory answers the event waits, and is tried again later. */
export const MAX_CONTRADICTIONS = 3;

export function contradiction({ workflowId }: Target): DispatchOutcome {
  const cause = new Error(`${workflowId} opens and closes as we ask`);
  return { kind: 'unavailable', why: 'busy', cause };
}

export function overfull(event: DomainEvent, { workflowId }: Target): DispatchOutcome {
  const detail = `${workflowId} has had as many events as Temporal takes for one run; ${event.type} is one more`;
  return { kind: 'dead-letter', rejection: { reason: 'signal-limit', detail } };
}
