/**
 * HTTP in: CloudEvents, providers' webhooks; health and metrics. Each part is a Fastify plugin with its options, and `gateway.ts`
 * registers them: `server` holds what all requests share, `routes` what answers them.
 */
export { createGateway } from './gateway';
export type { GatewayParts } from './gateway';
export { createEarlyQuota } from './waiting-quota';
export type { GatewayMetrics } from './metrics';
export { serveHealth, STOPPING } from './health';
export type { Checks, Health, Reasons } from './health';
