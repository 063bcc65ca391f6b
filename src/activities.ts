/** What activities are made of: effects that happen once, their compensations, the outbox. */
import type * as temporal from './adapters/temporal';

export * from './effects';
export { DefectError, RefusalError, StepCompensatedError } from './contracts';
export type { Database, MigrationSet, Transaction } from './adapters/postgres';
export type { PendingStep, Saga } from './adapters/temporal';
export type { StreamPosition, Rebuilding, StreamRange } from './subscriptions';

/**
 * The latest run of a workflow, as it is now; `undefined` if Temporal does not know the workflow.
 *
 * @example
 * const found = await findSaga(client, 'alert-dev-1');
 * const isOpen = found?.saga.status === 'RUNNING';
 */
export const findSaga: typeof temporal.findSaga = (...given) =>
  // Loaded by the call: every process and command loads the activities, and few of them have a client of Temporal.
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an `import()` would not be tsx's, whose hook is for CommonJS
  (require('./adapters/temporal') as typeof temporal).findSaga(...given);

/**
 * Whether Temporal knows this run of a workflow. It does not if the run is past its retention, or if Temporal was restored from
 * a backup that is older than the run.
 *
 * @example
 * const runId = '019aa0d2-6e3c-7c3f-b3ae-2a1c0f0e9d11';
 * const isForgotten = !(await isKnownRun(client, { workflowId: 'alert-dev-1', runId }));
 */
export const isKnownRun: typeof temporal.isKnownRun = (...given) =>
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- as above
  (require('./adapters/temporal') as typeof temporal).isKnownRun(...given);
