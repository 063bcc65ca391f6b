import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Newcomer } from './newcomer';

/** An installation of some five hundred packages on a slow line is the longest. */
const WITHIN_MS = 300_000;

interface Options {
  readonly cwd: string;
  /** Beside the newcomer's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** The exit code that is right; 0 unless said otherwise. */
  readonly code?: number | 'any';
}

export interface Running {
  readonly child: ChildProcess;
  /** Both outputs, so far. */
  readonly out: () => string;
  /** Of its end: the exit code, or the signal. */
  readonly ended: Promise<number | string>;
}

const running = new Set<Running>();

/** Starts a command in a process group of its own, as a terminal does. */
export function start({ env, user }: Newcomer, command: readonly string[], options: Options): Running {
  const [program = '', ...args] = command;
  let out = '';
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    ...user,
  });
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
  const ended = once(child, 'close').then(([code, signal]) => (code as number | null) ?? (signal as string));
  const started = { child, out: () => out, ended };
  running.add(started);
  void ended.then(() => running.delete(started));
  return started;
}

/** Whatever still runs: their groups do not end with ours. */
export function killAll(): void {
  for (const each of running) signalGroup(each, 'SIGKILL');
}

/** To the whole group, as Ctrl-C in a terminal does. */
export function signalGroup({ child }: Running, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/**
 * Runs a command to its end, and returns what it has written.
 *
 * @throws Error with its output where the exit code is not the right one, or it takes too long
 */
export async function run(newcomer: Newcomer, command: readonly string[], options: Options): Promise<string> {
  const started = start(newcomer, command, options);
  const limit = setTimeout(() => signalGroup(started, 'SIGKILL'), WITHIN_MS);
  const code = await started.ended;
  clearTimeout(limit);
  const { code: right = 0 } = options;
  if (code === right || (right === 'any' && typeof code === 'number')) return started.out();
  throw new Error(`"${command.join(' ')}" ended with ${code}:\n${started.out()}`);
}
