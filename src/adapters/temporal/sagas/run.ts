import type { Client } from '@temporalio/client';
import { WorkflowFailedError } from '@temporalio/client';
import { CORRELATION_ID, SAGA_STATE } from '../../../contracts';

/** A workflow that a command runs and waits for. */
export interface CommandedRun {
  readonly name: string;
  readonly taskQueue: string;
  /** One at a time: a run of this id that is open is waited for instead of a new one. */
  readonly workflowId: string;
  readonly input: unknown;
  readonly timeoutMs: number;
  /** For lists and for the workflow's page. */
  readonly shown?: { readonly state: string; readonly key: string; readonly summary: string };
}

export type RunAnswer =
  | { readonly kind: 'completed'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly why: string }
  /** It goes on without us. */
  | { readonly kind: 'open' };

export async function runWorkflow(client: Client, run: CommandedRun): Promise<RunAnswer> {
  const { name, taskQueue, workflowId, input, timeoutMs, shown } = run;
  const handle = await client.workflow.start(name, {
    workflowId,
    taskQueue,
    args: [input],
    workflowIdConflictPolicy: 'USE_EXISTING',
    ...(shown && {
      staticSummary: shown.summary,
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
