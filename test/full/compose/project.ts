// The project of docker-compose.yml with the settings of deploy/sandbox.env, on ports of its own, in the suite's own engine.
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { freePorts } from '../../../src/dev/stack';
import type { Engine, Ran, RunOptions } from './engine';
import { runProgram } from './engine';

const ROOT = path.resolve(__dirname, '../../..');
const NAME = 'sagaline';
/** The file, and those that are laid over it, by name. */
const FILES = {
  single: ['docker-compose.yml'],
  cluster: ['docker-compose.yml', 'docker-compose.cluster.yml'],
};
/** One of each server, or the cluster. */
export type Form = keyof typeof FILES;
export const FORMS = Object.keys(FILES) as readonly Form[];
const SANDBOX = path.join(ROOT, 'deploy/sandbox.env');
/** The first start pulls nothing and builds nothing; a minute on two idle cores. */
const UP_WITHIN_MS = 360_000;

/** Settings of the published ports. */
const PORTS = [
  ...(['GATEWAY_PORT', 'CONSOLE_PORT', 'SANDBOX_PORT', 'POSTGRES_PORT', 'NATS_PORT'] as const),
  ...(['TEMPORAL_PORT', 'TEMPORAL_UI_PORT', 'PROMETHEUS_PORT', 'GRAFANA_PORT'] as const),
];
type Port = (typeof PORTS)[number];

export interface Project {
  readonly ports: Readonly<Record<Port, number>>;
  /** Of deploy/sandbox.env. */
  readonly settings: Readonly<Record<string, string>>;
  readonly compose: (args: readonly string[], options?: RunOptions) => Promise<Ran>;
  /** As `compose`. @throws Error when it fails */
  readonly must: (args: readonly string[], options?: RunOptions) => Promise<Ran>;
  readonly docker: Engine['docker'];
  /** Starts all and waits until they are well. `environment`: laid over deploy/sandbox.env. @throws Error when it fails */
  readonly up: (environment?: Readonly<Record<string, string>>) => Promise<number>;
  /** One query as the administrator; rows as lines, columns parted by `|`. */
  readonly sql: (query: string) => Promise<string[]>;
  /** The command line, in the console's container, as the sandbox's operator. */
  readonly sagaline: (...args: string[]) => Promise<Ran>;
  readonly containers: () => Promise<Container[]>;
}

export interface Container {
  readonly service: string;
  readonly name: string;
  /** 0 while it does not run. */
  readonly pid: number;
  readonly running: boolean;
  /** Of its health check; `none` where it has none. */
  readonly health: string;
  readonly startedAt: string;
  readonly memoryLimit: number;
}

/** @param options.composeProgram the plugin, which runs alone too */
export async function openProject(
  engine: Engine,
  options: {
    readonly composeProgram: string;
    readonly profiles: readonly string[];
    readonly form: Form;
  },
): Promise<Project> {
  const { composeProgram, profiles, form } = options;
  const free = await freePorts(PORTS.length);
  const ports = Object.fromEntries(PORTS.map((name, index) => [name, free[index] ?? 0])) as Project['ports'];
  const asSettings = Object.fromEntries(PORTS.map((name) => [name, String(ports[name])]));
  const files = composeFiles(engine, FILES[form]);
  const settings = parseEnv(readFileSync(SANDBOX, 'utf8')) as Record<string, string>;
  const compose: Project['compose'] = (args, more = {}) =>
    runProgram(
      composeProgram,
      [
        ...files.flatMap((file) => ['--file', file]),
        ...['--project-directory', ROOT, '--project-name', NAME, '--env-file', SANDBOX],
        ...profiles.flatMap((profile) => ['--profile', profile]),
        ...args,
      ],
      { ...more, environment: { ...engine.environment, ...asSettings, ...more.environment } },
    );
  const must = async (args: readonly string[], options?: RunOptions) => {
    const ran = await compose(args, options);
    if (ran.code !== 0)
      throw new Error(`docker compose ${args.join(' ')} ended with ${ran.code}:\n${ran.said}`);
    return ran;
  };
  return {
    ports,
    settings,
    compose,
    must,
    docker: engine.docker,
    up: async (environment = {}) =>
      (await must(['up', '--detach', '--wait'], { environment, withinMs: UP_WITHIN_MS })).seconds,
    sql: async (query) => {
      const psql = ['psql', '-U', 'postgres', '-d', 'sagaline', '-At', '-c', query];
      const { said } = await must(['exec', '--no-TTY', 'postgres', ...psql]);
      return said.split('\n').filter((line) => line !== '');
    },
    sagaline: (...args) =>
      compose([
        ...['exec', '--no-TTY', '--env', `SAGALINE_TOKEN=${settings['SAGALINE_TOKEN'] ?? ''}`],
        ...['console', 'sagaline', ...args],
      ]),
    containers: () => containersOf(engine),
  };
}

interface Inspected {
  readonly Name: string;
  readonly State: {
    readonly Pid: number;
    readonly Running: boolean;
    readonly StartedAt: string;
    readonly Health?: { readonly Status: string };
  };
  readonly HostConfig: { readonly Memory: number };
  readonly Config: { readonly Labels: Readonly<Record<string, string>> };
}

async function containersOf(engine: Engine): Promise<Container[]> {
  const label = `label=com.docker.compose.project=${NAME}`;
  const { said: ids } = await engine.docker(['ps', '--all', '--quiet', '--filter', label]);
  const list = ids.split('\n').filter((id) => id !== '');
  if (list.length === 0) return [];
  const { said } = await engine.docker(['inspect', ...list]);
  return (JSON.parse(said) as Inspected[]).map(({ Name, State, HostConfig, Config }) => ({
    service: Config.Labels['com.docker.compose.service'] ?? '',
    name: Name.slice(1),
    pid: State.Pid,
    running: State.Running,
    health: State.Health?.Status ?? 'none',
    startedAt: State.StartedAt,
    memoryLimit: HostConfig.Memory,
  }));
}

/**
 * Docker before 25 knows no `start_interval`: there, copies of the files ask less often at the start, and go on so. A service that
 * extends another has its paths beside the other's file.
 */
function composeFiles(engine: Engine, names: readonly string[]): string[] {
  if (engine.majorVersion >= 25) return names.map((name) => path.join(ROOT, name));
  const { folder } = engine;
  symlinkSync(path.join(ROOT, 'deploy'), path.join(folder, 'deploy'));
  return names.map((name) => {
    const copy = readFileSync(path.join(ROOT, name), 'utf8')
      .replaceAll('file: docker-compose.yml', `file: ${path.join(folder, 'docker-compose.yml')}`)
      .replace(/interval: 30s\n\s+start_interval: 1s/, 'interval: 5s');
    writeFileSync(path.join(folder, name), copy);
    return path.join(folder, name);
  });
}
