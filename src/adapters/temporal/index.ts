/** Temporal: the client, the search attributes, and the bridge's four questions to it. */
export { watchBacklog } from './backlog';
export { createTemporalClient, credentials, temporalIsUp } from './connect';
export type { TemporalSettings } from './connect';
export { registerSearchAttributes, searchAttributesAreReady } from './search-attributes';
export { createWorkflows } from './workflows';
