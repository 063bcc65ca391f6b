import type { Client } from '@temporalio/client';
import type { DomainEvent, Route } from '../../../contracts';
import { openingAfter, workflowIdOf } from '../../../contracts';
import type { Forecast } from '../../../dead-letters';
import { describeRun } from '../sagas/describe';
import { latestRun, latestRunHas } from './latest-run';
import { hasSeen } from './seen';
import { isClosed } from '../connection/status';

const ASK_MS = 10_000;

/** What would happen to an event if the bridge dispatched it on a route now. */
export async function forecastOf(client: Client, event: DomainEvent, route: Route): Promise<Forecast> {
  // A batcher is opened as often as necessary, and drops events that it has already applied.
  if (route.batch) return 'delivered';
  const workflowId = workflowIdOf(route.workflow, event.key);
  return client.withDeadline(Date.now() + ASK_MS, () =>
    route.workflow.recurs
      ? forecastOfRecurring(client, event, route.opens, workflowId)
      : forecastOfSingle(client, event, route.opens, workflowId),
  );
}

async function forecastOfSingle(
  client: Client,
  event: DomainEvent,
  opens: boolean,
  workflowId: string,
): Promise<Forecast> {
  const status = (await describeRun(client, workflowId))?.status.name;
  if (status === undefined) return opens ? 'delivered' : 'unmatched';
  if (!isClosed(status) || (opens && status !== 'COMPLETED')) return 'delivered';
  return (await hasSeen(client, workflowId, event)) ? 'repeated' : 'late';
}

/**
 * A running occurrence drops events that it or an earlier one has received. If none runs, an event opens the next one
 * or is late.
 */
async function forecastOfRecurring(
  client: Client,
  event: DomainEvent,
  opens: boolean,
  workflowId: string,
): Promise<Forecast> {
  const run = await latestRun(client, workflowId);
  if (run.kind === 'open') return (await latestRunHas(client, workflowId, event)) ? 'repeated' : 'delivered';
  const next = openingAfter(run, workflowId, event);
  if (next.kind !== 'opens') return next.kind;
  if (opens) return 'delivered';
  return run.kind === 'missing' ? 'unmatched' : 'late';
}
