/**
 * The signals of the whole system: one typed snapshot, which the console shows, its metrics export and the alerts
 * judge. Each part is checked at its own interval, with bounded queries.
 */
export type {
  DeadLetterCount,
  GroupState,
  Part,
  PartName,
  PartitionState,
  StreamState,
  StruggleGroup,
  StrugglesState,
  SystemSnapshot,
} from './snapshot';
export type { PoolState, PoolVersion, QueueState } from './snapshot-pools';
export type { Percentiles } from './percentiles';
export { createHistory, throughputOf } from './throughput';
export type { ThroughputSample } from './throughput';
export { startObservability } from './watch';
export type { Observability, ObservabilityParts } from './watch';
export { ALERTS, firingAlerts } from './alerts';
export type { Alert } from './alerts';
export { lightsOf } from './lights';
export type { Light, LightLevel } from './lights';
