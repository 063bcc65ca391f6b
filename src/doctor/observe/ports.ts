import type { Config, Environment } from '../../config';
import { isListening, stackRuns, wantedPorts } from '../../dev/stack';
import type { LoadedApp } from '../../runtime/app';
import { devPorts, processPorts, stackPorts } from '../../runtime/local/ports';
import type { PortState } from '../checks/ports';
import type { ServerState } from '../checks/servers';

/** The ports that the local stack would open, without those of servers that answer there. */
export async function portStates(
  app: LoadedApp,
  { config, given, servers }: { config: Config; given: Environment; servers: readonly ServerState[] },
): Promise<{ readonly ports: readonly PortState[]; readonly stackRuns: boolean }> {
  const up = servers.filter(({ state }) => state.kind === 'up').map(({ server }) => server);
  const wanted = wantedPorts({
    ports: stackPorts(config),
    alsoWanted: processPorts(config, devPorts(app, given)),
    external: config.external,
  }).filter(({ server }) => !up.some((name) => server.startsWith(name)));
  const ports = wanted.map(async (port) => ({ ...port, taken: await isListening(port.port) }));
  return { ports: await Promise.all(ports), stackRuns: stackRuns(config.DATA_DIR) };
}
