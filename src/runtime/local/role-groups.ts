import path from 'node:path';
import type { Config, Environment } from '../../config';
import type { ProcessSpec } from '../../dev/processes';
import type { LoadedApp } from '../app';
import { runsFromSources, SOURCES } from '../sources';

/** Number of processes of each role, by its name. */
export type RoleCounts = Readonly<Record<string, number>>;

const ENGINE = path.resolve(__dirname, '../../..');
const COMMAND = path.join(ENGINE, 'bin', 'sagaline.mjs');
const fromSources = runsFromSources ? [`--conditions=${SOURCES}`] : [];
export const LOOPBACK = '127.0.0.1';

/** The roles of a project, and how each of their processes is started. */
export interface RolePlan {
  /**
   * The roles in the order in which they end: endpoints, then bridge and subscriber, then workers. The relay ends last, when no
   * process writes to the outbox any more.
   */
  readonly groups: readonly (readonly string[])[];
  /** @param port of `/readyz` and `/metrics`, for a process without a given one */
  specOf(role: string, index: number, port: number): ProcessSpec;
}

export interface RolePlanParts {
  readonly environmentOf: (role: string) => Environment;
  readonly config: Config;
  /** Roles that do not run by themselves, such as the codec server. */
  readonly besides: readonly string[];
  /** Settings of one process, by its name; they take precedence over the settings of all. */
  readonly settingsOf: (process: string) => Readonly<Record<string, string>>;
}

export function rolePlan(
  app: LoadedApp,
  { environmentOf, config, besides, settingsOf }: RolePlanParts,
): RolePlan {
  return {
    groups: [
      [...Object.keys(app.dev?.roles ?? {}), ...besides, 'console', 'gateway'],
      ['bridge', 'subscriber'],
      Object.keys(app.pools).map((pool) => `worker:${pool}`),
      ['relay'],
    ],
    specOf: (role, index, free) => {
      // The gateway's is the one that is given, so that a person can ask it.
      const asked = role === 'gateway' && index === 0 ? config.HEALTH_PORT : undefined;
      const port = asked ?? free;
      const name = processName(role, index);
      return {
        name,
        command: process.execPath,
        args: [...fromSources, COMMAND, 'run', role],
        env: { ...defined(environmentOf(role)), ...settingsOf(name), HEALTH_PORT: String(port) },
        readyUrl: `http://${LOOPBACK}:${port}/readyz`,
      };
    },
  };
}

/** The first process of a role has its name; the second of `bridge` is `bridge-2`. */
export function processName(role: string, index: number): string {
  return index === 0 ? role : `${role}-${index + 1}`;
}

function defined(environment: Environment): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
