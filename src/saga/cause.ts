import type { DomainEvent } from '../contracts/model/event';

/** The event that a step follows from. The workflow sends it with each step, for the events that the step writes. */
export interface Cause {
  readonly causationId: string;
  readonly traceparent?: string;
}

/** State of this workflow alone: the SDK gives each workflow its own instance of every module. */
let latest: Cause | undefined;

/**
 * Sets the event that steps follow from, from here on. If branches run side by side, the latest event counts for all of
 * them.
 */
export function follow({ id, traceparent }: DomainEvent): void {
  latest = { causationId: id, ...(traceparent !== undefined && { traceparent }) };
}

/** Returns the cause as the arguments that follow an activity's input. There are none before the first event. */
export function causeOfStep(): readonly Cause[] {
  return latest ? [latest] : [];
}
