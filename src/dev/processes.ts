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
  /**
   * Starts another process and resolves when it is ready. It ends with the group of a process that there is already.
   *
   * @throws ServerStartError if it does not start; it is then not tried again
   */
  add(spec: ProcessSpec, beside: string): Promise<void>;
  /** Ends a process for good. Resolves when it has finished what it had in flight and has ended, or was killed after 15 s. */
  remove(name: string): Promise<void>;
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
  const groups = options.groups.map((group) => [...group]);
  let stopping = false;

  async function start(spec: ProcessSpec): Promise<void> {
    const supervision = {
      log: options.log,
      record: options.record,
      watchdog,
      turn: FIRST_TURN + groups.findIndex((group) => group.includes(spec)),
      onUnexpectedExit: (_: string, detail: string) => void restart(spec, detail),
    };
    const started = await launch(spec, options, supervision);
    if (isWanted(spec)) up.set(spec.name, started);
    // It was removed, or all processes were stopped, while it started.
    else await started.stop();
  }

  async function end(name: string, graceMs?: number): Promise<void> {
    const running = up.get(name);
    await running?.stop(graceMs);
    if (up.get(name) === running) up.delete(name);
  }

  const isWanted = (spec: ProcessSpec) => !stopping && groups.some((group) => group.includes(spec));
  const withdraw = (name: string) => {
    for (const group of groups) {
      const at = group.findIndex((spec) => spec.name === name);
      if (at >= 0) group.splice(at, 1);
    }
  };

  async function restart(spec: ProcessSpec, detail: string): Promise<void> {
    up.delete(spec.name);
    const [how = ''] = detail.split('\n');
    options.log(`${spec.name} has ${how}; starting it again. Its log: ${logFileOf(spec, options)}`);
    while (isWanted(spec)) {
      await sleep(RESTART_PAUSE_MS);
      try {
        if (isWanted(spec)) await start(spec);
        return;
      } catch (error) {
        options.log(errorMessage(error));
      }
    }
  }

  async function stop(): Promise<void> {
    stopping = true;
    const deadline = Date.now() + STOP_WITHIN_MS;
    for (const [index, group] of groups.entries()) {
      const graceMs = remainingShare(deadline, { isLast: index === groups.length - 1 });
      await Promise.all(group.map(({ name }) => end(name, graceMs)));
    }
    await watchdog.close();
  }

  const starts = await Promise.allSettled(groups.flat().map(start));
  const failed = starts.find((outcome) => outcome.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  return {
    pids: () => Object.fromEntries([...up].map(([name, { pid }]) => [name, pid])),
    add: async (spec, beside) => {
      groups.find((group) => group.some(({ name }) => name === beside))?.push(spec);
      try {
        await start(spec);
      } catch (error) {
        withdraw(spec.name);
        throw error;
      }
      if (!isWanted(spec)) throw new Error(`${spec.name} was ended while it started`);
    },
    remove: async (name) => {
      withdraw(name);
      await end(name);
    },
    stop,
  };
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
