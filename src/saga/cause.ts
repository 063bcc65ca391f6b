import type { DomainEvent } from '../contracts/model/event';

/** The event that a step follows from; sent along with each step, for the events that the step writes. */
export interface Cause {
  readonly causationId: string;
  readonly traceparent?: string;
}

/** Of this workflow alone: the SDK gives each workflow its own instance of every module. */
let latest: Cause | undefined;

/** From here on, steps follow from this event. Of branches that run side by side, the latest event counts for all. */
export function follow({ id, traceparent }: DomainEvent): void {
  latest = { causationId: id, ...(traceparent !== undefined && { traceparent }) };
}

/** As the arguments that follow an activity's input: none before the first event. */
export function causeOfStep(): readonly Cause[] {
  return latest ? [latest] : [];
}
