import type { DomainEvent } from '../contracts';
import { openingAfter } from '../contracts';
import type { DispatchOutcome } from './outcome';
import { contradiction, MAX_CONTRADICTIONS, overfull } from './outcome';
import type { Target, Workflows } from './ports';

/**
 * Delivers an event that may open a process that recurs. The occurrence that runs gets it. Where none runs, it opens the next one,
 * unless it is a repeat of what an earlier one has received.
 *
 * The latest run is asked before the process is opened, because Temporal would open it again for a repeat as well. A bridge that ends
 * between the two has changed nothing; one that ends after the opening has its event dropped by the run, or found in its memory.
 */
export async function openOrReach(
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

function conflict(event: DomainEvent, { workflowId }: Target): DispatchOutcome {
  const detail = `${workflowId} has received another event under the source and id of this ${event.type}`;
  return { kind: 'dead-letter', rejection: { reason: 'conflict', detail } };
}
