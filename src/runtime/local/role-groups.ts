import path from 'node:path';
import type { Config, Environment } from '../../config';
import type { ProcessSpec } from '../../dev/processes';
import { freePorts } from '../../dev/stack';
import type { LoadedApp } from '../app';
import { runsFromSources, SOURCES } from '../sources';

/** Number of processes of each role, by its name. */
export type RoleCounts = Readonly<Record<string, number>>;

const ENGINE = path.resolve(__dirname, '../../..');
const COMMAND = path.join(ENGINE, 'bin', 'sagaline.mjs');
const fromSources = runsFromSources ? [`--conditions=${SOURCES}`] : [];
export const LOOPBACK = '127.0.0.1';

/**
 * The roles in the order in which they end: endpoints, then bridge and subscriber, then workers. The relay ends last, when no
 * process writes to the outbox any more.
 */
export async function roleGroups(
  app: LoadedApp,
  environmentOf: (role: string) => Environment,
  config: Config,
  {
    counts,
    settingsOf,
    besides,
  }: {
    readonly counts: RoleCounts;
    /** Roles that do not run by themselves, such as the codec server. */
    readonly besides: readonly string[];
    /** Settings of one process, by its name; they take precedence over the settings of all. */
    readonly settingsOf: (process: string) => Readonly<Record<string, string>>;
  },
): Promise<ProcessSpec[][]> {
  const workers = Object.keys(app.pools).map((pool) => `worker:${pool}`);
  const groups = [
    [...Object.keys(app.dev?.roles ?? {}), ...besides, 'console', 'gateway'],
    ['bridge', 'subscriber'],
    workers,
    ['relay'],
  ].map((roles) =>
    roles.flatMap((role) => Array.from({ length: counts[role] ?? 1 }, (_, index) => ({ role, index }))),
  );
  const healthPorts = await freePorts(groups.flat().length);
  return groups.map((instances) =>
    instances.map(({ role, index }) => {
      // The gateway's is the one that is given, so that a person can ask it.
      const asked = role === 'gateway' && index === 0 ? config.HEALTH_PORT : undefined;
      const port = asked ?? healthPorts.pop() ?? 0;
      const name = index === 0 ? role : `${role}-${index + 1}`;
      return {
        name,
        command: process.execPath,
        args: [...fromSources, COMMAND, 'run', role],
        env: { ...defined(environmentOf(role)), ...settingsOf(name), HEALTH_PORT: String(port) },
        readyUrl: `http://${LOOPBACK}:${port}/readyz`,
      };
    }),
  );
}

function defined(environment: Environment): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
