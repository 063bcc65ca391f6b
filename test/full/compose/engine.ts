// A Docker engine of the suite's own: its images, containers and networks are in a temporary folder, and go with it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { environment } from '../../../src/config';
import { startWatchdog } from '../../../src/dev/stack/watchdog';
import { noRecord } from '../../support/no-record';
import { until } from '../../support/until';

const READY_WITHIN_MS = 60_000;
/** It ends its containers first. */
const END_WITHIN_MS = 60_000;

export interface Engine {
  readonly folder: string;
  /** Such as 28. */
  readonly majorVersion: number;
  /** For `docker` and `docker-compose`. */
  readonly environment: Readonly<Record<string, string>>;
  readonly docker: (args: readonly string[], options?: RunOptions) => Promise<Ran>;
  stop(): Promise<void>;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Ends the program, after which its code is `null`. Default: none */
  readonly withinMs?: number;
}

export interface Ran {
  readonly code: number | null;
  /** Both outputs, as they came. */
  readonly said: string;
  readonly seconds: number;
}

/** Starts `dockerd`; a log of it is in the folder. */
export async function startEngine(): Promise<Engine> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sagaline-docker-'));
  const at = (name: string) => path.join(folder, name);
  const host = `unix://${at('docker.sock')}`;
  await writeFile(at('daemon.json'), '{}');
  await mkdir(at('config'));
  const log = openSync(at('dockerd.log'), 'a');
  const watchdog = startWatchdog(noRecord);
  const child = spawn(
    'dockerd',
    [
      ...['--data-root', at('data'), '--exec-root', at('exec'), '--pidfile', at('dockerd.pid')],
      // Not the system's settings.
      ...['--host', host, '--config-file', at('daemon.json')],
    ],
    { stdio: ['ignore', log, log] },
  );
  closeSync(log);
  watchdog.guard(child.pid ?? 0, 'SIGTERM');
  const ended = once(child, 'exit');
  const { PATH = '', HOME = '' } = environment();
  const forClients = { PATH, HOME, DOCKER_HOST: host, DOCKER_CONFIG: at('config') };
  const docker: Engine['docker'] = (args, options = {}) =>
    runProgram('docker', args, { ...options, environment: { ...forClients, ...options.environment } });
  try {
    await until(
      'dockerd answers',
      async () => {
        if (child.exitCode !== null) throw new Error(await readFile(at('dockerd.log'), 'utf8'));
        return (await docker(['info'])).code === 0;
      },
      READY_WITHIN_MS,
    );
  } catch (error) {
    child.kill('SIGTERM');
    await watchdog.close();
    throw error;
  }
  const { said } = await docker(['version', '--format', '{{.Server.Version}}']);
  return {
    folder,
    majorVersion: Number.parseInt(said, 10),
    environment: forClients,
    docker,
    stop: async () => {
      const late = setTimeout(() => child.kill('SIGKILL'), END_WITHIN_MS);
      child.kill('SIGTERM');
      await ended;
      clearTimeout(late);
      await watchdog.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Runs a program to its end, whatever its exit code. */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: RunOptions & { readonly input?: string } = {},
): Promise<Ran> {
  const since = performance.now();
  const child = spawn(program, args, { cwd: options.cwd, env: options.environment ?? {} });
  const limit =
    options.withinMs === undefined ? undefined : setTimeout(() => child.kill('SIGTERM'), options.withinMs);
  let said = '';
  for (const output of [child.stdout, child.stderr])
    output.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stdin.on('error', () => undefined).end(options.input ?? '');
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(limit);
  return { code, said, seconds: (performance.now() - since) / 1_000 };
}
