// Runs a role of the product in its own process, with the bench's domain instead of the shop's.
import { setTimeout as sleep } from 'node:timers/promises';
import { createLog } from '../../../src/adapters/log';
import { createRegistry } from '../../../src/adapters/prometheus';
import { createCatalogue } from '../../../src/contracts';
import { environment, readConfig } from '../../../src/config';
import type { Role, RoleContext, RunningRole } from '../../../src/runtime/role';
import { serveUntilAlone } from '../drive';
import { peersDomain } from './domain';

/** Reports ready when the role is ready, with all of its checks; ends with the measuring program. */
export async function serveRole(name: string, role: Role, prepare?: (context: RoleContext) => Promise<void>) {
  const config = readConfig(environment(), { providers: [] });
  const context = {
    app: { domains: [peersDomain], pools: {}, root: __dirname },
    config,
    catalogue: createCatalogue([peersDomain]),
    registry: createRegistry(name),
    log: createLog({ role: name, level: config.LOG_LEVEL, format: 'json' }),
  };
  const running = await role(context);
  await prepare?.(context);
  while (!(await isReady(running))) await sleep(LOOK_MS);
  serveUntilAlone();
  await running.failed;
}

const LOOK_MS = 100;

async function isReady({ checks }: RunningRole): Promise<boolean> {
  const answers = await Promise.all(Object.values(checks).map(async (check) => check()));
  return answers.every(Boolean);
}
