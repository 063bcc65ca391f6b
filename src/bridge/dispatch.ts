import type { BatchingRoute, DeliveringRoute, DomainEvent, Rejection, Route } from '../contracts';
import { openingAfter, workflowIdOf } from '../contracts';
import type { Answer, Target, Unavailability, Workflows } from './ports';
import type { WaitingQuota } from './waiting-quota';

/** The outcome of an event on one route. */
export type DispatchOutcome =
  | { readonly kind: 'accepted' }
  /** The workflow has received this event before, and has closed since. */
  | { readonly kind: 'repeated' }
  | { readonly kind: 'discarded' }
  | { readonly kind: 'dead-letter'; readonly rejection: Rejection }
  | { readonly kind: 'unavailable'; readonly why: Unavailability; readonly cause: unknown }
  | { readonly kind: 'rejected'; readonly cause: unknown };

/** A workflow may open or close between two calls. After this many contradictory answers the event waits, and is tried again later. */
const MAX_CONTRADICTIONS = 3;

/**
 * Delivers an event to the workflow that one route names. Harmless to repeat: workflows drop events they have seen.
 *
 * @param quota of the processes that wait for the event that begins them; default: none
 */
export function dispatch(
  event: DomainEvent,
  route: Route,
  workflows: Workflows,
  quota?: WaitingQuota,
): Promise<DispatchOutcome> {
  return route.batch ? feed(event, route, workflows) : signal(event, route, workflows, quota);
}

/**
 * Opens the batcher, or adds the event to the open one. It does not check whether the batcher has closed or has seen
 * the event before: a flush applies each event once.
 */
async function feed(
  event: DomainEvent,
  { workflow, batch }: BatchingRoute,
  workflows: Workflows,
): Promise<DispatchOutcome> {
  const workflowId = workflowIdOf(workflow, event.key);
  const fed = await workflows.signalWithStart({ workflow, workflowId, key: event.key, batch }, event);
  if (fed.kind !== 'answered') return fed;
  if (fed.value === 'accepted') return { kind: 'accepted' };
  // A full run continues as new as soon as its flush succeeds.
  const cause = new Error(`${workflowId} is ${fed.value}, and takes the event later`);
  return { kind: 'unavailable', why: 'busy', cause };
}

async function signal(
  event: DomainEvent,
  route: DeliveringRoute,
  workflows: Workflows,
  quota: WaitingQuota | undefined,
): Promise<DispatchOutcome> {
  const target: Target = {
    workflow: route.workflow,
    workflowId: workflowIdOf(route.workflow, event.key),
    key: event.key,
  };
  if (route.opens && route.workflow.recurs) return openOrReach(event, target, workflows);
  // An event that may come early opens the process only if it is not there, so that openings can be counted.
  const isEarly = quota !== undefined && route.waitsIn !== undefined;
  let opens = route.opens && !isEarly;
  for (let attempt = 1; attempt <= MAX_CONTRADICTIONS; attempt++) {
    const delivered = opens
      ? await workflows.signalWithStart(target, event)
      : await workflows.signal(target, event);
    if (delivered.kind !== 'answered') return delivered;
    if (delivered.value === 'accepted') {
      if (isEarly && opens) quota.opened();
      return { kind: 'accepted' };
    }
    if (delivered.value === 'full') return overfull(event, target);

    const status = await workflows.status(target);
    if (status.kind !== 'answered') return status;
    switch (status.value) {
      case 'open':
        continue;
      case 'missing':
        if (!route.opens) return unmatched(event, route, target);
        if (isEarly && quota.isFull()) return tooManyWaiting(event, target);
        opens = true;
        continue;
      case 'closed':
        // A failed one is opened again.
        if (isEarly && !opens && !quota.isFull()) {
          opens = true;
          continue;
        }
        if (isEarly && !opens) return closedWhileFull(event, target, await workflows.hasSeen(target, event));
        return closed(event, route, target, await workflows.hasSeen(target, event));
    }
  }
  return contradiction(target);
}

/**
 * Delivers an event that may open a process that recurs. A running occurrence receives the event. If none runs, the
 * event opens the next occurrence, unless an earlier one has already received it.
 *
 * The latest run is read before the process is opened, because Temporal would open it again for a repeated event too.
 * If the bridge crashes between the two calls, nothing has changed. If it crashes after the opening, the event comes
 * again: the run drops it, or it is found in the run's memory.
 */
async function openOrReach(
  event: DomainEvent,
  target: Target,
  workflows: Workflows,
): Promise<DispatchOutcome> {
  for (let attempt = 1; attempt <= MAX_CONTRADICTIONS; attempt++) {
    const reached = await workflows.signal(target, event);
    if (reached.kind !== 'answered') return reached;
    if (reached.value === 'accepted') return { kind: 'accepted' };
    if (reached.value === 'full') return overfull(event, target);

    const latest = await workflows.latestRun(target);
    if (latest.kind !== 'answered') return latest;
    if (latest.value.kind === 'open') continue;
    const next = openingAfter(latest.value, target.workflowId, event);
    if (next.kind === 'conflict') return conflict(event, target);
    if (next.kind === 'repeated') return next;

    const opened = await workflows.signalWithStart({ ...target, opening: next.opening }, event);
    if (opened.kind !== 'answered') return opened;
    if (opened.value === 'accepted') return { kind: 'accepted' };
    if (opened.value === 'full') return overfull(event, target);
  }
  return contradiction(target);
}

function unmatched(event: DomainEvent, route: DeliveringRoute, { workflowId }: Target): DispatchOutcome {
  if (route.onMissing === 'discard') return { kind: 'discarded' };
  const detail = `${event.type} needs an open workflow ${workflowId}, which never existed`;
  return { kind: 'dead-letter', rejection: { reason: 'unmatched', detail } };
}

/** It may have failed, and the event would open it again. */
function closedWhileFull(event: DomainEvent, target: Target, seen: Answer<boolean>): DispatchOutcome {
  if (seen.kind !== 'answered') return seen;
  return seen.value ? { kind: 'repeated' } : tooManyWaiting(event, target);
}

function tooManyWaiting(event: DomainEvent, { workflowId }: Target): DispatchOutcome {
  const detail = `${event.type} would open ${workflowId}, which would wait for the event that begins it`;
  return { kind: 'dead-letter', rejection: { reason: 'too-many-waiting', detail } };
}

function closed(
  event: DomainEvent,
  route: DeliveringRoute,
  { workflowId }: Target,
  seen: Answer<boolean>,
): DispatchOutcome {
  if (seen.kind !== 'answered') return seen;
  if (seen.value) return { kind: 'repeated' };
  if (route.onClosed === 'discard') return { kind: 'discarded' };
  const detail = `${event.type} came after ${workflowId} had closed`;
  return { kind: 'dead-letter', rejection: { reason: 'late', detail } };
}

function conflict(event: DomainEvent, { workflowId }: Target): DispatchOutcome {
  const detail = `${workflowId} has received another event under the source and id of this ${event.type}`;
  return { kind: 'dead-letter', rejection: { reason: 'conflict', detail } };
}

function contradiction({ workflowId }: Target): DispatchOutcome {
  const cause = new Error(`${workflowId} opens and closes as we ask`);
  return { kind: 'unavailable', why: 'busy', cause };
}

function overfull(event: DomainEvent, { workflowId }: Target): DispatchOutcome {
  const detail = `${workflowId} has had as many events as Temporal takes for one run; ${event.type} is one more`;
  return { kind: 'dead-letter', rejection: { reason: 'signal-limit', detail } };
}
