/** Temporal: clients, worker deployments, search attributes, sagas, and the bridge's port `Workflows`. */
export { followApiKey } from './connection/api-key';
export { watchBacklog } from './deployments/backlog';
export { watchWaiting } from './deployments/waiting';
export {
  createPlainClient,
  createSingleAttemptClient,
  createTemporalClient,
  dataConverterOf,
  workerCredentials,
} from './connection/connect';
export type { TemporalSettings } from './connection/connect';
export { awaitTemporal, reachTemporal, tellRefusal, temporalIsUp } from './connection/reach';
export { TemporalRefusedError } from './connection/refusal';
export { isUnavailable } from './connection/status';
export { readTls, watchTls } from './connection/tls';
export type { TlsMaterial } from './connection/tls';
export { fillEmptyPlace, setCurrentVersion } from './deployments/current-version';
export {
  describeDeployment,
  ManagedDeploymentError,
  NoDeploymentsError,
  VersionNotPolledError,
} from './deployments/deployment';
export type { DeploymentVersion, VersionStatus } from './deployments/deployment';
export { measureRuns } from './measure/run-times';
export { describeRun } from './sagas/describe';
export { createSubmit } from './dispatch/endpoints';
export type { Submit } from './dispatch/endpoints';
export { deadlinesOf } from './sagas/deadlines';
export type { Deadline } from './sagas/deadlines';
export { historyEntries } from './sagas/history';
export type { HistoryEntry } from './sagas/history';
export { knownProcesses } from './dispatch/known';
export { occurrenceIn } from './dispatch/latest-run';
export { forecastOf } from './dispatch/forecast';
export { listSagas } from './sagas/list';
export { lookForStruggles, retryingSteps } from './sagas/retrying';
export type { Look, Struggle } from './sagas/retrying';
export { countPinned, listPinned, movePinned, oldestPinned } from './deployments/pinned';
export type { NamedVersion } from './deployments/pinned';
export { QueueLimitsUnsupportedError, readQueueLimit, setQueueLimit } from './deployments/queue-limit';
export { readPoolQueues } from './deployments/queues';
export type { PoolQueues } from './deployments/queues';
export { poolState } from './deployments/pool-state';
export type { PoolState, WorkerPool } from './deployments/pool-state';
export { pollersOf } from './deployments/pollers';
export { isServed, routingOf } from './deployments/routing';
export { createOpenCounts, openIn } from './sagas/counts';
export { cutShortSince } from './sagas/cut-short';
export { flowSince } from './sagas/flow';
export { oldestOf } from './sagas/oldest';
export { createSweep } from './sagas/sweep';
export { payloadTexts } from './sagas/payload-texts';
export { runWorkflow } from './sagas/run';
export type { RunAnswer } from './sagas/run';
export { isKnownRun, runsOf } from './sagas/runs';
export { startAgain } from './sagas/start-again';
export type { StartedAgain } from './sagas/start-again';
export { detailsOf, findSaga, querySaga, sagaOf, sagasIn, updateSaga } from './sagas/sagas';
export type { PendingStep, Saga } from './sagas/sagas';
export { failingWorkflowTask, WORKFLOW_TASK } from './sagas/failing-tasks';
export { provisionSchedule } from './namespace/schedule';
export {
  missingAttributes,
  registerSearchAttributes,
  SearchAttributesMissingError,
  searchAttributesAreReady,
} from './namespace/search-attributes';
export { createWorkflows } from './dispatch/workflows';
export type { Pem, TemporalTls } from './connection/tls';
