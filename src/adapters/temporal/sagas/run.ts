import type { Client } from '@temporalio/client';
import { WorkflowFailedError } from '@temporalio/client';
import { CORRELATION_ID, SAGA_STATE, summaryOf } from '../../../contracts';

/** A workflow that a command runs and waits for. */
export interface CommandedRun {
  readonly name: string;
  readonly taskQueue: string;
  /** If a run with this id is open, the command waits for it instead of starting a new one. */
  readonly workflowId: string;
  readonly input: unknown;
  readonly timeoutMs: number;
  /** What lists and the workflow's page show. */
  readonly shown?: { readonly state: string; readonly key: string; readonly summary: string };
}

export type RunAnswer =
  | { readonly kind: 'completed'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly why: string }
  /** The workflow was still open at the time-out; it goes on. */
  | { readonly kind: 'open' };

export async function runWorkflow(client: Client, run: CommandedRun): Promise<RunAnswer> {
  const { name, taskQueue, workflowId, input, timeoutMs, shown } = run;
  const handle = await client.workflow.start(name, {
    workflowId,
    taskQueue,
    args: [input],
    workflowIdConflictPolicy: 'USE_EXISTING',
    ...(shown && {
      staticSummary: summaryOf(shown.summary),
      typedSearchAttributes: [
        { key: CORRELATION_ID, value: shown.key },
        { key: SAGA_STATE, value: shown.state },
      ],
    }),
  });
  const deadline = Date.now() + timeoutMs;
  try {
    return {
      kind: 'completed',
      result: await client.withDeadline(deadline, (): Promise<unknown> => handle.result()),
    };
  } catch (error) {
    if (error instanceof WorkflowFailedError) return { kind: 'failed', why: (error.cause ?? error).message };
    if (Date.now() >= deadline) return { kind: 'open' };
    throw error;
  }
}
