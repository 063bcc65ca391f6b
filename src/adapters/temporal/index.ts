/** Temporal: the client, the search attributes, and the bridge's four questions to it. */
export { watchBacklog } from './backlog';
export { createSingleAttemptClient, createTemporalClient, credentials, temporalIsUp } from './connect';
export type { TemporalSettings } from './connect';
export { happenings } from './history';
export type { Happening } from './history';
export { outlookOf } from './outlook';
export { runsOf } from './runs';
export { registerSearchAttributes, searchAttributesAreReady } from './search-attributes';
export { createWorkflows } from './workflows';
