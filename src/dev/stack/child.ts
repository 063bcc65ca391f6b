// One server as a child process: starts it, waits until it is ready, stops it in order, and reports when it ends by itself.
// Not execa: after a kill -9 of this process its children live on (`cleanup` is a handler of `exit`), and version 5, the last one
// that is CommonJS, never follows SIGINT, which PostgreSQL needs, with SIGKILL.
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessRecord, StopSignal } from './record';
import type { Watchdog } from './watchdog';

/** What every server's start needs from the stack. */
export interface Supervision {
  log: (line: string) => void;
  /** When everything ends, processes with lower turns end first. */
  turn: number;
  record: ProcessRecord;
  /** Called once if the server ends without `stop()`; `detail` holds its exit code and the last lines of its log. */
  onUnexpectedExit: (server: string, detail: string) => void;
  watchdog: Watchdog;
}

export interface ServerProcess {
  pid: number;
  /**
   * Ends the server and resolves when it has ended. Safe to call again.
   *
   * @param graceMs after this time it is killed; default: 15 s
   */
  stop(graceMs?: number): Promise<void>;
}

export interface ServerSpec {
  name: string;
  command: string;
  args: readonly string[];
  /** The server's whole environment. Ours is not passed on: it may contain settings or secrets of other servers. */
  env: Record<string, string>;
  cwd: string;
  user?: { uid: number; gid: number };
  /** Standard output and error are appended here. */
  logFile: string;
  /** The signal that asks this server for an orderly shutdown. */
  stopSignal: StopSignal;
  /** Resolves when the server is ready. Rejects before that, and is then called again. */
  ready: () => Promise<void>;
}

/** Thrown when a server ends before it is ready, or is not ready in time; `log` is the end of its output. */
export class ServerStartError extends Error {
  override readonly name = 'ServerStartError';

  constructor(
    readonly server: string,
    readonly reason: string,
    readonly logFile: string,
    readonly log: string,
    options?: ErrorOptions,
  ) {
    super(`${server} did not start: ${reason}. The end of ${logFile}:\n${log}`, options);
  }
}

// A first start takes one or two seconds on an ordinary machine, and many times that on a slow, busy one. After a minute the
// server hangs.
const READY_DEADLINE_MS = 60_000;
const READY_POLL_MS = 50;
// Temporal stops in a little over a second, the others in a tenth of a second, unless a client delays them.
export const STOP_GRACE_MS = 15_000;
const LOG_TAIL_LINES = 12;
// The log of the previous run is worth keeping; the logs of months are not.
const LOG_ROTATE_BYTES = 10 * 1024 * 1024;

/** Starts the server and resolves when `spec.ready` does. Throws `ServerStartError`, after the server has ended. */
export async function startServer(spec: ServerSpec, supervision: Supervision): Promise<ServerProcess> {
  const log = openLog(spec.logFile);
  const child = spawnServer(spec, log.fd);
  closeSync(log.fd);

  const { pid } = child;
  let stopping = false;
  let ready = false;
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) =>
      resolve(signal === null ? `exit code ${code ?? '?'}` : `signal ${signal}`),
    );
  });
  if (pid === undefined) {
    throw new ServerStartError(spec.name, await exited, spec.logFile, log.tail());
  }
  const { record, watchdog, turn } = supervision;
  void exited.then((how) => {
    watchdog.release(pid);
    record.strike(pid);
    if (ready && !stopping)
      supervision.onUnexpectedExit(spec.name, `ended by itself (${how})\n${log.tail()}`);
  });

  try {
    record.enter({ pid, name: spec.name, turn, stopSignal: spec.stopSignal });
    watchdog.guard(pid, spec.stopSignal);
    child.stdin?.write(GO);
  } finally {
    child.stdin?.end();
  }

  const stop = async (graceMs = STOP_GRACE_MS) => {
    stopping = true;
    child.kill(spec.stopSignal);
    const inTime = await within(graceMs, exited);
    if (inTime !== undefined) return;
    supervision.log(`${spec.name}: did not end within ${(graceMs / 1000).toFixed(1)} s, killing it`);
    child.kill('SIGKILL');
    await exited;
  };

  const failure = await waitUntilReady(spec.ready, exited);
  if (failure !== undefined) {
    await stop();
    throw new ServerStartError(spec.name, failure.reason, spec.logFile, log.tail(), { cause: failure.cause });
  }
  ready = true;
  return { pid, stop };
}

// The child becomes the server when it receives this line, and never if we are killed before that. So no server runs that is
// neither guarded nor recorded.
const GO = 'go\n';
const WHEN_TOLD = 'read -r go && exec "$@" </dev/null';

function spawnServer(spec: ServerSpec, logFd: number): ChildProcess {
  // Detached, in a process group of its own: a Ctrl-C in the terminal reaches this process only, which ends the servers in order.
  const child = spawn('/bin/sh', ['-c', WHEN_TOLD, 'sh', spec.command, ...spec.args], {
    cwd: spec.cwd,
    env: spec.env,
    detached: true,
    stdio: ['pipe', logFd, logFd],
    ...spec.user,
  });
  // If the child ends before it receives the line, the event `exit` reports that.
  child.stdin?.on('error', () => undefined);
  return child;
}

async function waitUntilReady(
  ready: () => Promise<void>,
  exited: Promise<string>,
): Promise<{ reason: string; cause: unknown } | undefined> {
  const deadline = Date.now() + READY_DEADLINE_MS;
  for (;;) {
    const attempt = ready().then(
      () => ({ ready: true as const }),
      (error: unknown) => ({ ready: false as const, error }),
    );
    const outcome = await Promise.race([attempt, exited]);
    if (typeof outcome === 'string') return { reason: `it ended (${outcome})`, cause: undefined };
    if (outcome.ready) return undefined;
    if (Date.now() > deadline) {
      return { reason: `it was not ready within ${READY_DEADLINE_MS / 1000} s`, cause: outcome.error };
    }
    await sleep(READY_POLL_MS);
  }
}

function openLog(file: string): { fd: number; tail: () => string } {
  mkdirSync(dirname(file), { recursive: true });
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_ROTATE_BYTES) renameSync(file, `${file}.1`);
  const fd = openSync(file, 'a');
  const start = fstatSync(fd).size;
  const tail = () =>
    readFileSync(file).subarray(start).toString().trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n');
  return { fd, tail };
}

async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  const timer = new AbortController();
  const late = sleep(ms, undefined, { signal: timer.signal }).catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    timer.abort();
  }
}
