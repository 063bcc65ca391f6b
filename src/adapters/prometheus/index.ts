/** Prometheus: the metrics of each role, one file for each, and of the process itself. */
export { bridgeMetrics } from './bridge';
export { codecServerMetrics } from './codec-server';
export { gatewayMetrics } from './gateway';
export { reconciliationMetrics } from './reconciliation';
export type { ReconciliationMetrics } from './reconciliation';
export { providerBases, providerOf, providerMetrics } from './providers';
export { createRegistry } from './registry';
export { relayMetrics } from './relay';
export { signatureMetrics } from './signatures';
export { stepMetrics } from './steps';
export { streamMetrics } from './streams';
export { subscriptionMetrics } from './subscription';
export { systemMetrics } from './system';
export { workflowSinks } from './workflows';
