import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { missingIn } from './output';

export interface Place {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface Ended {
  readonly code: number | null;
  readonly output: string;
  /** Where the script has gone to; `undefined` where it has failed. */
  readonly cwd: string | undefined;
}

/** The longest command is the installation of the packages, some three minutes without a cache. */
const COMMAND_MS = 6 * 60_000;
/** Servers and processes, on a busy machine. */
const SHOWS_MS = 120_000;
/** As long as nothing follows: a terminal restarts once more when it was told of a change meanwhile. */
const QUIET_MS = 1_500;
const END_MS = 60_000;
const LOOK_MS = 100;

/** Runs the lines of a block in one shell that stops at the first that fails. */
export async function run(script: string, { cwd, env }: Place, stopped: AbortSignal): Promise<Ended> {
  const child = spawn('/bin/sh', ['-ec', `${script}\npwd >&3`], {
    cwd,
    env,
    // A group of its own, to be ended as a whole.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  let output = '';
  let went = '';
  child.stdout?.on('data', (chunk) => (output += String(chunk)));
  child.stderr?.on('data', (chunk) => (output += String(chunk)));
  child.stdio[3]?.on('data', (chunk) => (went += String(chunk)));
  const limit = AbortSignal.any([stopped, AbortSignal.timeout(COMMAND_MS)]);
  limit.addEventListener('abort', () => signalGroup(child, 'SIGKILL'));
  const [code] = (await once(child, 'close')) as [number | null];
  stopped.throwIfAborted();
  return { code, output, cwd: code === 0 ? went.trim() : undefined };
}

/** A command that goes on, as in a second terminal. */
export interface Terminal {
  /** Waits until it shows the lines, the last of them at its end. @throws Error with what it shows instead */
  shows(lines: readonly string[], stopped: AbortSignal): Promise<void>;
  /** Presses Ctrl-C. @throws Error where it has to be killed then */
  end(): Promise<void>;
}

export function openTerminal(script: string, { cwd, env }: Place): Terminal {
  const child = spawn('/bin/sh', ['-ec', `exec ${script}`], { cwd, env, detached: true });
  let output = '';
  let seen = 0;
  let changed = performance.now();
  const closed = once(child, 'close');
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += String(chunk);
      changed = performance.now();
    });

  const isThere = (lines: readonly string[]) => {
    const fresh = output.slice(seen).trimEnd();
    const isLast = missingIn(fresh.split('\n').at(-1) ?? '', lines.slice(-1)) === undefined;
    return isLast && performance.now() - changed > QUIET_MS && missingIn(fresh, lines) === undefined;
  };
  return {
    shows: async (lines, stopped) => {
      const until = performance.now() + SHOWS_MS;
      while (!isThere(lines)) {
        stopped.throwIfAborted();
        if (performance.now() > until || child.exitCode !== null)
          throw new Error(`the terminal does not show:\n${lines.join('\n')}\nbut:\n${output.slice(seen)}`);
        await sleep(LOOK_MS);
      }
      seen = output.length;
    },
    end: async () => {
      signalGroup(child, 'SIGINT');
      // Closed when no process that it has started can write to it any more.
      const ended = closed.then(() => true);
      if (await Promise.race([ended, sleep(END_MS, false, { ref: false })])) return;
      signalGroup(child, 'SIGKILL');
      await closed;
      throw new Error(`the terminal did not end within ${END_MS} ms of Ctrl-C:\n${output.slice(seen)}`);
    },
  };
}

function signalGroup({ pid, exitCode }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined || exitCode !== null) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // All of the group has ended meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
