// One of the benchmarks' own workers, as a process: `tsx bench/worker.ts <kind>`. It is started as the product's roles are.
import { createLog } from '../src/adapters/log';
import { createRegistry } from '../src/adapters/prometheus';
import { createCatalogue } from '../src/contracts';
import { serveHealth } from '../src/gateway';
import { appConfig } from '../src/runtime/config';
import { loadApp } from '../src/runtime/load';
import { kinds } from './kinds';

async function main(kind = ''): Promise<void> {
  const role = kinds[kind];
  if (!role) throw new Error(`there is no worker "${kind}", only ${Object.keys(kinds).join(', ')}`);
  const app = loadApp();
  const catalogue = createCatalogue(app.domains);
  const config = appConfig(app, catalogue.providers);
  const log = createLog({ role: kind, level: config.LOG_LEVEL, format: config.LOG_FORMAT });
  const registry = createRegistry(kind);
  const running = await role({ app, config, catalogue, registry, log });
  const health = { checks: () => running.checks, metrics: () => registry.metrics() };
  const stopHealth = await serveHealth(health, { host: config.HEALTH_HOST, port: config.HEALTH_PORT ?? 0 });
  process.once('SIGTERM', () => {
    running.failed?.catch(() => undefined);
    void running.stop().then(stopHealth);
  });
}

void main(process.argv[2]);
