import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** One process of ours, from the image's folder or from the sources. */
export interface Launch {
  readonly name: string;
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
  readonly logFolder: string;
}

export interface Running {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  readonly child: ChildProcess;
  readonly log: () => string;
}

const READY_WITHIN_MS = 120_000;
const END_WITHIN_MS = 60_000;
const LOOK_MS = 200;

export function launch({ name, command, cwd, env, user, logFolder }: Launch): Running {
  const file = path.join(logFolder, `${name}.log`);
  const log = openSync(file, 'a');
  const [program = '', ...args] = command;
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', log, log], ...user });
  closeSync(log);
  return { name, env, child, log: () => readFileSync(file, 'utf8') };
}

/** Milliseconds until `/readyz` answers 200. */
export async function readyAfter(running: Running): Promise<number> {
  const since = performance.now();
  const url = `http://127.0.0.1:${running.env['HEALTH_PORT'] ?? ''}/readyz`;
  while (performance.now() - since < READY_WITHIN_MS) {
    if (running.child.exitCode !== null) break;
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok === true) return performance.now() - since;
    await sleep(LOOK_MS);
  }
  throw new Error(`${running.name} is not ready; it wrote:\n${running.log()}`);
}

/** The exit code, once it has ended. */
export async function endOf({ name, child, log }: Running): Promise<number | string> {
  if (child.exitCode === null && child.signalCode === null) {
    const timer = new AbortController();
    const late = sleep(END_WITHIN_MS, undefined, { signal: timer.signal }).then(() => {
      throw new Error(`${name} does not end; it wrote:\n${log()}`);
    });
    late.catch(() => undefined);
    await Promise.race([once(child, 'exit'), late]).finally(() => timer.abort());
  }
  return child.exitCode ?? child.signalCode ?? '';
}

/** Resident memory in MiB. */
export function memoryOf({ child }: Running): number {
  return Math.round(
    Number(execFileSync('ps', ['-o', 'rss=', '-p', String(child.pid)], { encoding: 'utf8' })) / 1_024,
  );
}
