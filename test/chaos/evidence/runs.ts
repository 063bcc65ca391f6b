/** The histories of the orders' workflows, as far as the checker needs them. */
import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { plainValue, valueOf } from '../../../src/adapters/temporal/connection/payload';
import type { SagaResult } from '../../../src/contracts';
import { identityOf, SEARCH_ATTRIBUTES } from '../../../src/contracts';
import { order } from '../../../domains/shop/workflows';
import type { Run } from './types';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;
type Payload = temporal.api.common.v1.IPayload;

const COMPENSATING = 'compensating';
/** So many histories are read at once. */
const AT_ONCE = 10;

export async function readRuns(client: Client): Promise<Run[]> {
  const found: { workflowId: string; runId: string; status: string; startedAt: number }[] = [];
  const query = `WorkflowType = '${order.name}'`;
  for await (const { workflowId, runId, status, startTime } of client.workflow.list({ query })) {
    found.push({ workflowId, runId, status: status.name, startedAt: startTime.getTime() });
  }
  found.sort((one, other) => one.startedAt - other.startedAt);
  const runs: Run[] = [];
  for (let from = 0; from < found.length; from += AT_ONCE) {
    const some = found.slice(from, from + AT_ONCE);
    runs.push(
      ...(await Promise.all(
        some.map(async ({ workflowId, runId, status }) => {
          const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
          const decode: Decode = (payload, of) =>
            valueOf(client, payload, of === 'workflow' ? workflowId : undefined);
          return { workflowId, runId, status, ...(await read(events ?? [], decode)) };
        }),
      )),
    );
  }
  return runs;
}

/** Through the codec, which refuses what was encrypted for another workflow; those of activities are read for their keys. */
type Decode = (payload: Payload | null | undefined, of: 'workflow' | 'activity') => Promise<unknown>;

async function read(
  events: readonly HistoryEvent[],
  decode: Decode,
): Promise<Omit<Run, 'workflowId' | 'runId' | 'status'>> {
  const signals: string[] = [];
  const steps: string[] = [];
  const compensated: string[] = [];
  const failedTasks: string[] = [];
  let result: SagaResult | undefined;
  let isCompensating = false;
  for (const event of events) {
    const signal = event.workflowExecutionSignaledEventAttributes;
    const identity = signal ? identityIn(await decode(signal.input?.payloads?.[0], 'workflow')) : undefined;
    if (identity !== undefined) signals.push(identity);

    const changed = event.upsertWorkflowSearchAttributesEventAttributes?.searchAttributes?.indexedFields;
    if (plainValue(changed?.[SEARCH_ATTRIBUTES.sagaState]) === COMPENSATING) isCompensating = true;

    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) {
      const { key, undoes } = ((await decode(scheduled.input?.payloads?.[0], 'activity')) ?? {}) as {
        key?: string;
        undoes?: { readonly key: string };
      };
      if (key !== undefined) steps.push(key);
      if (undoes !== undefined && isCompensating) compensated.push(undoes.key);
    }

    const failed = event.workflowTaskFailedEventAttributes;
    if (failed)
      failedTasks.push(temporal.api.enums.v1.WorkflowTaskFailedCause[failed.cause ?? 0] ?? 'unknown');

    const completed = event.workflowExecutionCompletedEventAttributes;
    if (completed) result = (await decode(completed.result?.payloads?.[0], 'workflow')) as SagaResult;
  }
  return { signals, steps, compensated, failedTasks, ...(result && { result: { state: result.state } }) };
}

/** A signal by hand carries none. */
function identityIn(content: unknown): string | undefined {
  const { source, id } = (content ?? {}) as { source?: string; id?: string };
  return source === undefined || id === undefined ? undefined : identityOf({ source, id });
}
