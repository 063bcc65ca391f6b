import { collectDefaultMetrics, Registry } from 'prom-client';

/** The registry of one process, with the default metrics of Node.js. */
export function createRegistry(role: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ role });
  collectDefaultMetrics({ register: registry });
  return registry;
}
