/** The roles of Sagaline as child processes of this one: started, watched, started again, ended in order. */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorMessage } from '../contracts';
import type { ServerProcess, Supervision } from './stack/child';
import { startServer } from './stack/child';
import type { ProcessRecord } from './stack/record';
import { startWatchdog } from './stack/watchdog';

export interface ProcessSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Answers 200 when the process is ready. */
  readonly readyUrl: string;
}

export interface ProcessesOptions {
  /** Groups end one after the other, in this order; the processes of a group together. They start all at once. */
  readonly groups: readonly (readonly ProcessSpec[])[];
  readonly folder: string;
  /** Each process writes `<name>.log` here. */
  readonly logFolder: string;
  /** The one of the stack that the processes use. */
  readonly record: ProcessRecord;
  readonly log: (line: string) => void;
}

export interface Processes {
  /** Process ids by name, of those that are up. */
  pids(): Readonly<Record<string, number>>;
  stop(): Promise<void>;
}

/** A process that fails at once must not be started in a spin. */
const RESTART_PAUSE_MS = 1_000;

/** After the watchdogs, which end by themselves, and before the servers. */
const FIRST_TURN = 1;

/** Starts all and resolves when all are ready. A process that ends by itself later on is started again. */
export async function startProcesses(options: ProcessesOptions): Promise<Processes> {
  const watchdog = startWatchdog(options.record);
  const up = new Map<string, ServerProcess>();
  let stopping = false;

  async function start(spec: ProcessSpec): Promise<void> {
    const supervision = {
      log: options.log,
      record: options.record,
      watchdog,
      turn: FIRST_TURN + options.groups.findIndex((group) => group.includes(spec)),
      onUnexpectedExit: (_: string, detail: string) => void restart(spec, detail),
    };
    up.set(spec.name, await launch(spec, options, supervision));
  }

  async function restart(spec: ProcessSpec, detail: string): Promise<void> {
    up.delete(spec.name);
    const [how = ''] = detail.split('\n');
    options.log(`${spec.name} has ${how}; starting it again. Its log: ${logFileOf(spec, options)}`);
    while (!isStopping()) {
      await sleep(RESTART_PAUSE_MS);
      try {
        if (isStopping()) return;
        await start(spec);
        if (isStopping()) await up.get(spec.name)?.stop();
        return;
      } catch (error) {
        options.log(errorMessage(error));
      }
    }
  }
  const isStopping = () => stopping;

  async function stop(): Promise<void> {
    stopping = true;
    for (const group of options.groups)
      await Promise.all(group.map(async ({ name }) => up.get(name)?.stop()));
    await watchdog.close();
  }

  const starts = await Promise.allSettled(options.groups.flat().map(start));
  const failed = starts.find((outcome) => outcome.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  return { pids: () => Object.fromEntries([...up].map(([name, { pid }]) => [name, pid])), stop };
}

function launch(
  spec: ProcessSpec,
  options: ProcessesOptions,
  supervision: Supervision,
): Promise<ServerProcess> {
  const { name, command, args, env, readyUrl } = spec;
  return startServer(
    {
      name,
      command,
      args,
      env,
      cwd: options.folder,
      logFile: logFileOf(spec, options),
      stopSignal: 'SIGTERM',
      ready: async () => {
        const { ok, status } = await fetch(readyUrl);
        if (!ok) throw new Error(`not ready yet: ${status}`);
      },
    },
    supervision,
  );
}

function logFileOf({ name }: ProcessSpec, { logFolder }: ProcessesOptions): string {
  return path.join(logFolder, `${name.replace(':', '-')}.log`);
}
