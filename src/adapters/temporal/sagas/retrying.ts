import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { optionalTsToDate } from '@temporalio/common/lib/time';
import { failureMessage } from '../connection/payload';
import type { NamedVersion } from '../deployments/pinned';
import { describeRun } from './describe';
import type { Saga } from './sagas';
import { sagaOf } from './sagas';

/** Work of an open workflow that has failed, and that Temporal retries. */
export interface Struggle {
  readonly saga: Saga;
  /** The activity, or `WORKFLOW_TASK` for a failing workflow task. */
  readonly step: string;
  readonly attempts: number;
  /** When the work was scheduled; it has not succeeded since. */
  readonly since: Date;
  /** `undefined` while an attempt is under way. */
  readonly nextRetry?: Date | undefined;
  /** When Temporal gives the step up; absent if never. */
  readonly triedUntil?: Date | undefined;
  readonly lastFailure: string;
  /** The version of the workers that made the last attempt; absent for workers without versions. */
  readonly version?: NamedVersion | undefined;
}

/** Finds the struggles of one open workflow. Each kind of struggle has such a function. */
export type FindStruggles = (client: Client, described: WorkflowExecutionDescription) => Promise<Struggle[]>;

/** The result of a check of many workflows. */
export interface Look {
  readonly lookedAt: number;
  /** Whether there are more open workflows than were to be checked. */
  readonly more: boolean;
  readonly struggles: readonly Struggle[];
}

const PAGE = 500;
/** Calls at once: workers and bridges need the server, too. */
const AT_ONCE = 16;
const ASK_MS = 10_000;

/**
 * Checks open workflows, youngest first. Temporal has no list of pending activities, so this costs one call for each
 * open workflow, and one more for each that struggles.
 *
 * @param options.atMost the most workflows to check
 * @param options.query narrows the open workflows, in Temporal's list filter
 */
export async function lookForStruggles(
  client: Client,
  finders: readonly FindStruggles[],
  options: { readonly atMost: number; readonly query?: string | undefined },
): Promise<Look> {
  const { atMost, query } = options;
  const open = `ExecutionStatus = "Running"${query === undefined ? '' : ` AND (${query})`}`;
  const struggles: Struggle[] = [];
  let lookedAt = 0;
  let batch: string[] = [];
  const look = async () => {
    struggles.push(...(await Promise.all(batch.map((id) => strugglesOf(client, finders, id)))).flat());
    lookedAt += batch.length;
    batch = [];
  };
  for await (const { workflowId } of client.workflow.list({ query: open, pageSize: PAGE })) {
    if (lookedAt + batch.length === atMost) {
      await look();
      return { lookedAt, more: true, struggles };
    }
    batch.push(workflowId);
    if (batch.length === AT_ONCE) await look();
  }
  await look();
  return { lookedAt, more: false, struggles };
}

/** The struggles of one workflow; none if it has ended. */
export async function strugglesOf(
  client: Client,
  finders: readonly FindStruggles[],
  workflowId: string,
): Promise<Struggle[]> {
  return client.withDeadline(Date.now() + ASK_MS, async () => {
    // The workflow may have ended since it was listed, and Temporal may have removed it already.
    const described = await describeRun(client, workflowId);
    if (described?.status.name !== 'RUNNING') return [];
    return (await Promise.all(finders.map((find) => find(client, described)))).flat();
  });
}

/**
 * Finds steps whose activity has failed at least once. A local activity that fails becomes an ordinary one within
 * seconds.
 */
export const retryingSteps: FindStruggles = async (client, described) => {
  const failing = (described.raw.pendingActivities ?? []).filter(({ lastFailure }) => lastFailure);
  if (failing.length === 0) return [];
  const saga = sagaOf(described);
  const asked = await scheduledAt(
    client,
    saga,
    failing.map(({ activityId }) => activityId ?? ''),
  );
  return Promise.all(
    failing.map(
      async ({
        activityId,
        activityType,
        attempt,
        lastFailure,
        nextAttemptScheduleTime,
        expirationTime,
        lastDeploymentVersion,
      }) => ({
        saga,
        step: activityType?.name ?? '',
        attempts: attempt ?? 1,
        since: asked.get(activityId ?? '') ?? saga.startedAt,
        nextRetry: optionalTsToDate(nextAttemptScheduleTime),
        triedUntil: optionalTsToDate(expirationTime),
        lastFailure: (await failureMessage(client, lastFailure)) ?? '',
        version: namedVersion(lastDeploymentVersion),
      }),
    ),
  );
};

/** A version as the server names it; `undefined` for workers without versions. */
export function namedVersion(
  version: { readonly deploymentName?: string | null; readonly buildId?: string | null } | null | undefined,
): NamedVersion | undefined {
  const { deploymentName: deployment, buildId } = version ?? {};
  return deployment && buildId ? { deployment, buildId } : undefined;
}

/** The most pages of a history to read, from its end: pending activities were scheduled recently. */
const MOST_PAGES = 10;

/** When these activities were scheduled; the server reports it only in the history. */
async function scheduledAt(
  client: Client,
  { workflowId, runId }: Saga,
  activityIds: readonly string[],
): Promise<Map<string, Date>> {
  const found = new Map<string, Date>();
  const wanted = new Set(activityIds);
  let nextPageToken: Uint8Array = new Uint8Array();
  for (let page = 0; page < MOST_PAGES && found.size < wanted.size; page++) {
    const { history, nextPageToken: next } = await client.workflowService.getWorkflowExecutionHistoryReverse({
      namespace: client.options.namespace,
      execution: { workflowId, runId },
      nextPageToken,
    });
    for (const { eventTime, activityTaskScheduledEventAttributes: scheduled } of history?.events ?? []) {
      const id = scheduled?.activityId ?? '';
      const at = optionalTsToDate(eventTime);
      if (at && wanted.has(id) && !found.has(id)) found.set(id, at);
    }
    if (next.length === 0) break;
    nextPageToken = next;
  }
  return found;
}
