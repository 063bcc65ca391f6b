/** The roles of Sagaline as child processes: starts, watches, restarts, and ends them in order. */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorMessage } from '../contracts';
import type { ServerProcess, Supervision } from './stack/child';
import { startServer } from './stack/child';
import type { ProcessRecord } from './stack/record';
import { remainingShare } from './stack/stop-time';
import { startWatchdog } from './stack/watchdog';

export interface ProcessSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** URL that answers 200 when the process is ready. */
  readonly readyUrl: string;
}

export interface ProcessesOptions {
  /**
   * Groups of processes. All start at once; the groups end one after the other, in this order, and the processes of a group
   * together.
   */
  readonly groups: readonly (readonly ProcessSpec[])[];
  readonly folder: string;
  /** Each process writes `<name>.log` here. */
  readonly logFolder: string;
  /** The record of the stack that the processes use. */
  readonly record: ProcessRecord;
  readonly log: (line: string) => void;
}

export interface Processes {
  /** Ids of the running processes, by name. */
  pids(): Readonly<Record<string, number>>;
  stop(): Promise<void>;
}

/** Pause before a restart, for a process that fails at once. */
const RESTART_PAUSE_MS = 1_000;

/**
 * All processes end within this time, and the servers after them: a Ctrl-C takes 15 s at most. What a killed process had in
 * flight is delivered or tried again.
 */
const STOP_WITHIN_MS = 8_000;

/** The processes end after the watchdogs, which end by themselves, and before the servers. */
const FIRST_TURN = 1;

/** Starts all processes and resolves when all are ready. A process that later ends by itself is restarted. */
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
    const deadline = Date.now() + STOP_WITHIN_MS;
    for (const [index, group] of options.groups.entries()) {
      const graceMs = remainingShare(deadline, { isLast: index === options.groups.length - 1 });
      await Promise.all(group.map(async ({ name }) => up.get(name)?.stop(graceMs)));
    }
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
