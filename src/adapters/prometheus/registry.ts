import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/**
 * The registry of one process, with the default metrics of Node.js.
 *
 * @param version of the code that the process runs
 */
export function createRegistry(role: string, version = 'unknown'): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ role });
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'sagaline_build_info',
    help: '1, with the version of the project, and that of Node.js',
    labelNames: ['version', 'node_version'],
    registers: [registry],
  }).set({ version, node_version: process.version }, 1);
  return registry;
}
