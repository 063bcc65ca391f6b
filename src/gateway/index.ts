/** HTTP in: CloudEvents, providers' webhooks; health and metrics. */
export { createGateway } from './gateway';
export type { GatewayMetrics, GatewayParts } from './gateway';
export { serveHealth, STOPPING } from './health';
export type { Checks, Health } from './health';
