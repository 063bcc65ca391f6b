// One implementation of the saga: its processes, and the one of them that starts sagas.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Report, Round } from './drive';

/** A process of a side, by its name in the figures. */
export interface Member {
  readonly name: string;
  readonly pid: number;
}

export interface Side {
  readonly name: string;
  /** All processes that work for it, PostgreSQL included. */
  readonly members: readonly Member[];
  /** The process that starts its sagas. */
  readonly starter: Child;
  /**
   * A process that polls PostgreSQL all the time. It is stopped while the other sides run; otherwise they would be charged for
   * its polling.
   */
  readonly restless?: Member;
}

/** A Node process of ours: it ends when we do. */
export interface Child {
  readonly pid: number;
  /** The next report, which must be of this kind. */
  expect<Kind extends Report['kind']>(kind: Kind): Promise<Extract<Report, { kind: Kind }>>;
  begin(round: Round): void;
  /** Stops at once: between rounds it has nothing in flight. */
  stop(): Promise<void>;
}

const REPOSITORY = path.resolve(__dirname, '../..');
/** Bundling the workflows takes the longest: some seconds, and many on a slow machine. */
const REPORT_WITHIN_MS = 120_000;
/** The number of characters kept of a process's latest output. */
const LAST_WORDS = 4_000;

export interface Script {
  /** The path in this folder. */
  readonly file: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a process, and resolves when it is ready. */
export async function startChild({ file, args = [], env = {} }: Script): Promise<Child> {
  const child = fork(path.join(__dirname, file), [...args], {
    cwd: REPOSITORY,
    env,
    execArgv: ['--conditions=sagaline-source', '--import', 'tsx'],
    // Its log is needed only if it fails.
    silent: true,
  });
  const reports = reportsOf(child, file);
  const started: Child = {
    pid: child.pid ?? 0,
    begin: (round) => void child.send(round),
    stop: async () => {
      const exited = once(child, 'exit');
      if (child.kill('SIGKILL')) await exited;
    },
    expect: async (kind) => {
      const report = await reports.next();
      if (report.kind !== kind) throw new Error(`${file} says ${report.kind}, not ${kind}`);
      return report as Extract<Report, { kind: typeof kind }>;
    },
  };
  try {
    await started.expect('ready');
    return started;
  } catch (error) {
    await started.stop();
    throw error;
  }
}

function reportsOf(child: ChildProcess, file: string): { next: () => Promise<Report> } {
  const arrived: Report[] = [];
  let words = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (some) => (words = `${words}${String(some)}`.slice(-LAST_WORDS)));
  }
  let ended: string | undefined;
  let wake: () => void = () => undefined;
  child.on('message', (report) => {
    arrived.push(report as Report);
    wake();
  });
  child.once('close', (code, signal) => {
    ended = `${file} has ended: ${signal ?? `exit code ${code ?? '?'}`}\n${words}`;
    wake();
  });
  return {
    next: async () => {
      const until = Date.now() + REPORT_WITHIN_MS;
      for (;;) {
        const report = arrived.shift();
        if (report) return report;
        if (ended !== undefined) throw new Error(ended);
        const left = until - Date.now();
        if (left <= 0)
          throw new Error(`${file} has not reported within ${REPORT_WITHIN_MS / 1_000} s\n${words}`);
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, left);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    },
  };
}
