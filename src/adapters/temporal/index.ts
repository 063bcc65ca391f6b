/** Temporal: the client, the search attributes, and the bridge's four questions to it. */
export { apiKeyOf, followApiKey } from './api-key';
export { watchBacklog } from './backlog';
export {
  createPlainClient,
  createSingleAttemptClient,
  createTemporalClient,
  dataConverterOf,
  temporalIsUp,
  workerCredentials,
} from './connect';
export type { TemporalSettings } from './connect';
export {
  describeDeployment,
  fillEmptyPlace,
  NoDeploymentsError,
  setCurrentVersion,
  VersionNotPolledError,
} from './deployment';
export type { DeploymentVersion } from './deployment';
export { createSubmit } from './endpoints';
export type { Submit } from './endpoints';
export { historyEntries } from './history';
export type { HistoryEntry } from './history';
export { knownProcesses } from './known';
export { occurrenceIn } from './latest-run';
export { forecastOf } from './forecast';
export { lookForStruggles, retryingSteps } from './retrying';
export type { Look, Struggle } from './retrying';
export { isServed, routingOf } from './routing';
export { runWorkflow } from './run';
export { runsOf } from './runs';
export { detailsOf, findSaga, querySaga, sagaOf, sagasIn, updateSaga } from './sagas';
export type { PendingStep, Saga } from './sagas';
export { failingWorkflowTask, WORKFLOW_TASK } from './failing-tasks';
export { provisionSchedule } from './schedule';
export {
  registerSearchAttributes,
  SearchAttributesMissingError,
  searchAttributesAreReady,
} from './search-attributes';
export { createWorkflows } from './workflows';
