import type { DomainEvent, Rejection, Route } from '../contracts';
import { workflowIdOf } from '../contracts';
import type { Answer, Target, Unavailability, Workflows } from './ports';

/** What became of an event on one route. */
export type DispatchOutcome =
  | { readonly kind: 'accepted' }
  /** The workflow has received this very event before and has closed since. */
  | { readonly kind: 'repeated' }
  | { readonly kind: 'discarded' }
  | { readonly kind: 'dead-letter'; readonly rejection: Rejection }
  | { readonly kind: 'unavailable'; readonly why: Unavailability; readonly cause: unknown }
  | { readonly kind: 'rejected'; readonly cause: unknown };

/** A workflow may open or close between two questions; after so many contradictions we wait before asking again. */
const MAX_CONTRADICTIONS = 3;

/** Delivers an event to the workflow that one route names. Harmless to repeat: workflows drop events they have seen. */
export async function dispatch(
  event: DomainEvent,
  route: Route,
  workflows: Workflows,
): Promise<DispatchOutcome> {
  const target: Target = {
    workflow: route.workflow,
    workflowId: workflowIdOf(route.workflow, event.key),
    key: event.key,
  };
  for (let attempt = 1; attempt <= MAX_CONTRADICTIONS; attempt++) {
    const delivered = route.opens
      ? await workflows.signalWithStart(target, event)
      : await workflows.signal(target, event);
    if (delivered.kind !== 'answered') return delivered;
    if (delivered.value === 'accepted') return { kind: 'accepted' };

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
  const cause = new Error(`${target.workflowId} opens and closes as we ask`);
  return { kind: 'unavailable', why: 'busy', cause };
}

function unmatched(event: DomainEvent, route: Route, { workflowId }: Target): DispatchOutcome {
  if (route.onMissing === 'discard') return { kind: 'discarded' };
  const detail = `${event.type} needs an open workflow ${workflowId}, which never existed`;
  return { kind: 'dead-letter', rejection: { reason: 'unmatched', detail } };
}

function closed(
  event: DomainEvent,
  route: Route,
  { workflowId }: Target,
  seen: Answer<boolean>,
): DispatchOutcome {
  if (seen.kind !== 'answered') return seen;
  if (seen.value) return { kind: 'repeated' };
  if (route.onClosed === 'discard') return { kind: 'discarded' };
  const detail = `${event.type} came after ${workflowId} had closed`;
  return { kind: 'dead-letter', rejection: { reason: 'late', detail } };
}
