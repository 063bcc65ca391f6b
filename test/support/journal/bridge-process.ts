import { createLog } from '../../../src/adapters/log';
import { createRegistry } from '../../../src/adapters/prometheus';
import { createCatalogue } from '../../../src/contracts';
import { serveHealth } from '../../../src/gateway';
import { environment, readConfig } from '../../../src/config';
import { bridge } from '../../../src/runtime/roles/bridge';
import { journalDomain } from './domain';

/** The bridge of a deployment whose only domain is the journal, as a process. A fatal event ends the process. */
async function main(): Promise<void> {
  const config = readConfig(environment(), { providers: [] });
  const log = createLog({ role: 'bridge', level: config.LOG_LEVEL, format: config.LOG_FORMAT });
  const registry = createRegistry('bridge');
  const domains = [
    journalDomain(() => {
      process.kill(process.pid, 'SIGKILL');
      throw new Error('nobody comes here');
    }),
  ];
  const catalogue = createCatalogue(domains);
  const running = await bridge({
    app: { domains, pools: {}, root: __dirname },
    config,
    catalogue,
    registry,
    log,
  });
  const health = { checks: () => running.checks, metrics: () => registry.metrics() };
  await serveHealth(health, { host: config.HEALTH_HOST, port: config.HEALTH_PORT ?? 0 });
}

void main();
