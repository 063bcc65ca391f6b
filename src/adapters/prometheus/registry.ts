import { collectDefaultMetrics, Registry } from 'prom-client';

/** The metrics of one process, its own among them. */
export function createRegistry(role: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ role });
  collectDefaultMetrics({ register: registry });
  return registry;
}
