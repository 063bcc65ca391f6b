import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { WorkflowFailedError } from '@temporalio/client';
import type { DomainEvent, LatestRun } from '../../../contracts';
import {
  identityOf,
  isSameContent,
  memoryOf,
  OCCURRENCE_MEMO,
  readMemory,
  REMEMBERED_EVENTS,
} from '../../../contracts';
import { describeRun } from '../sagas/describe';
import { valueOf } from '../connection/payload';
import { isClosed } from '../connection/status';

/**
 * The latest run of a process that recurs, with what it and earlier occurrences have received. A run that completed
 * has this in its result. For one that failed or was terminated, the input and the signals in its history have it.
 */
export async function latestRun(client: Client, workflowId: string): Promise<LatestRun> {
  const run = await describeRun(client, workflowId);
  if (run === undefined) return { kind: 'missing' };
  if (!isClosed(run.status.name)) return { kind: 'open' };
  const occurrence = occurrenceIn(run.memo);
  const completed = run.status.name === 'COMPLETED';
  const seen = completed ? await seenInResult(client, run) : undefined;
  return {
    kind: 'closed',
    completed,
    occurrence,
    seen: seen ?? (await seenInHistory(client, run)).slice(-REMEMBERED_EVENTS),
  };
}

/** Whether the latest run, or an occurrence before it, has received this event. The run may be open. */
export async function latestRunHas(client: Client, workflowId: string, event: DomainEvent): Promise<boolean> {
  const run = await describeRun(client, workflowId);
  const seen = run === undefined ? [] : await seenInHistory(client, run);
  return seen.some((memory) => isMemoryOf(memory, event));
}

function isMemoryOf(memory: string, event: DomainEvent): boolean {
  const [identity, contentHash] = readMemory(memory);
  return identity === identityOf(event) && isSameContent(contentHash, event.contentHash);
}

/** The occurrence that a run belongs to; `undefined` for a process that does not recur. */
export function occurrenceIn(memo: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const occurrence = memo?.[OCCURRENCE_MEMO];
  return typeof occurrence === 'string' ? occurrence : undefined;
}

async function seenInResult(
  client: Client,
  { workflowId, runId }: WorkflowExecutionDescription,
): Promise<readonly string[] | undefined> {
  try {
    const result: unknown = await client.workflow
      .getHandle(workflowId, runId, { followRuns: false })
      .result();
    return seenIn(result);
  } catch (error) {
    if (error instanceof WorkflowFailedError) return undefined;
    throw error;
  }
}

async function seenInHistory(
  client: Client,
  { workflowId, runId }: WorkflowExecutionDescription,
): Promise<string[]> {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const seen: string[] = [];
  for (const event of events ?? []) {
    const input = event.workflowExecutionStartedEventAttributes?.input?.payloads?.[0];
    if (input) seen.push(...(seenIn(await valueOf(client, input, workflowId)) ?? []));
    const signal = event.workflowExecutionSignaledEventAttributes?.input?.payloads?.[0];
    const received = signal && (await valueOf(client, signal, workflowId));
    if (isEvent(received)) seen.push(memoryOf(identityOf(received), received.contentHash));
  }
  return seen;
}

function seenIn(value: unknown): readonly string[] | undefined {
  if (typeof value !== 'object' || value === null || !('seen' in value)) return undefined;
  return Array.isArray(value.seen) ? (value.seen as readonly string[]) : undefined;
}

/** Whether a signal carries an event. It need not: a person's decision does not, and a stranger's is refused. */
export function isEvent(value: unknown): value is DomainEvent {
  if (typeof value !== 'object' || value === null) return false;
  const { source, id } = value as Partial<DomainEvent>;
  return typeof source === 'string' && typeof id === 'string';
}
