import type { BatchingRoute, DeliveringRoute, DomainEvent, Route } from '../contracts';
import { workflowIdOf } from '../contracts';
import type { DispatchOutcome } from './outcome';
import { contradiction, MAX_CONTRADICTIONS, overfull } from './outcome';
import type { Answer, Target, Workflows } from './ports';
import { openOrReach } from './recur';

/** Delivers an event to the workflow that one route names. Harmless to repeat: workflows drop events they have seen. */
export function dispatch(event: DomainEvent, route: Route, workflows: Workflows): Promise<DispatchOutcome> {
  return route.batch ? feed(event, route, workflows) : deliver(event, route, workflows);
}

/**
 * Opens the batcher, or feeds it. Whether it has closed, and has seen the event before, makes no difference: a flush
 * applies each event once.
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
  // A full run will be continued as new, as soon as its flush gets through.
  const cause = new Error(`${workflowId} is ${fed.value}, and takes the event later`);
  return { kind: 'unavailable', why: 'busy', cause };
}

async function deliver(
  event: DomainEvent,
  route: DeliveringRoute,
  workflows: Workflows,
): Promise<DispatchOutcome> {
  const target: Target = {
    workflow: route.workflow,
    workflowId: workflowIdOf(route.workflow, event.key),
    key: event.key,
  };
  if (route.opens && route.workflow.recurs) return openOrReach(event, target, workflows);
  for (let attempt = 1; attempt <= MAX_CONTRADICTIONS; attempt++) {
    const delivered = route.opens
      ? await workflows.signalWithStart(target, event)
      : await workflows.signal(target, event);
    if (delivered.kind !== 'answered') return delivered;
    if (delivered.value === 'accepted') return { kind: 'accepted' };
    if (delivered.value === 'full') return overfull(event, target);

    const status = await workflows.status(target);
    if (status.kind !== 'answered') return status;
    switch (status.value) {
      case 'open':
        continue;
      case 'missing':
        if (route.opens) continue;
        return unmatched(event, route, target);
      case 'closed':
        return closed(event, route, target, await workflows.hasSeen(target, event));
    }
  }
  return contradiction(target);
}

function unmatched(event: DomainEvent, route: DeliveringRoute, { workflowId }: Target): DispatchOutcome {
  if (route.onMissing === 'discard') return { kind: 'discarded' };
  const detail = `${event.type} needs an open workflow ${workflowId}, which never existed`;
  return { kind: 'dead-letter', rejection: { reason: 'unmatched', detail } };
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
