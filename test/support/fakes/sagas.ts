import type { Client } from '@temporalio/client';
import type { Saga } from '../../../src/adapters/temporal';
import { CORRELATION_ID, SAGA_STATE } from '../../../src/contracts';

export const saga: Saga = {
  ...{ workflowId: 'order-a', runId: 'run-a', workflow: 'order', key: 'a', state: 'awaiting-decision' },
  ...{ status: 'RUNNING', startedAt: new Date(0) },
};

/** Temporal with these open sagas, youngest first. A worker answers queries with what `answer` returns, or not at all. */
export function clientWith(sagas: readonly Saga[], answer: (workflowId: string) => Promise<unknown>): Client {
  const info = (each: Saga) => ({
    ...{ workflowId: each.workflowId, runId: each.runId, type: each.workflow, status: { name: each.status } },
    startTime: each.startedAt,
    typedSearchAttributes: {
      get: ({ name }: { name: string }) =>
        ({ [CORRELATION_ID.name]: each.key, [SAGA_STATE.name]: each.state })[name],
    },
  });
  const client = {
    withDeadline: (_: number, ask: () => Promise<unknown>) => ask(),
    workflow: {
      // eslint-disable-next-line @typescript-eslint/require-await -- as the client's, it is asynchronous
      list: async function* () {
        yield* sagas.map(info);
      },
      getHandle: (workflowId: string) => ({ query: () => answer(workflowId) }),
    },
  };
  return client as unknown as Client;
}
