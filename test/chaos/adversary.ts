/** Carries out the plan's faults, and heals what it has broken, also when it is stopped in the middle. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { persistently } from '../../demo/eventually';
import { seconds } from '../../demo/killer';
import { EVENTS_STREAM } from '../../src/adapters/nats';
import { allOrNone } from './all-or-none';
import { NATS_NODES } from './names';
import type { Fault, FaultKind } from './plan/faults';
import { NATS, NATS_LEADER } from './plan/faults';
import type { Stage } from './stage';
import type { Line } from './stage/lines';
import type { Server } from './stage/servers';

/** A fault that came about. One whose target was down already did not. */
export interface DoneFault {
  readonly kind: FaultKind;
  readonly target: string;
  readonly afterMs: number;
}

/** Longer than any answer is waited for: nothing gets through. */
const STALLED_MS = 60_000;

export async function attack(
  stage: Stage,
  plan: readonly Fault[],
  { log, signal }: { log: (line: string) => void; signal: AbortSignal },
): Promise<DoneFault[]> {
  const began = performance.now();
  const elapsed = () => Math.round(performance.now() - began);
  const done = await allOrNone<DoneFault[][]>(
    signal,
    plan.map((fault) => async (stopping) => {
      const pause = (ms: number) =>
        sleep(Math.max(0, ms), undefined, { signal: stopping }).catch(() => undefined);
      await pause(fault.afterMs - elapsed());
      if (stopping.aborted) return [];
      const name = await resolved(stage, fault.target);
      const afterMs = elapsed();
      log(
        `  ${seconds(afterMs).padStart(7)}  ${fault.kind.padEnd(11)} ${name.padEnd(20)} ${seconds(fault.lastsMs)}`,
      );
      return (await strike(stage, fault, name, pause)) ? [{ kind: fault.kind, target: name, afterMs }] : [];
    }),
  );
  return done.flat();
}

async function strike(
  stage: Stage,
  fault: Fault,
  name: string,
  pause: (ms: number) => Promise<unknown>,
): Promise<boolean> {
  // The plan leaves a node time to come back; a busy machine may take longer, and two are never away at once.
  const nodes = stage.servers.filter((server) => NATS_NODES.some((node) => node === server.name));
  if (nodes.some((node) => node.name === name) && nodes.some((node) => node.pid() === 0)) return false;
  const lines = stage.lines.filter(({ from, to }) => from === name || to === name);
  switch (fault.kind) {
    case 'kill':
      return killed(stage, name, () => pause(fault.lastsMs));
    case 'kill-midway':
      return slowed(stalledBy(fault, lines), STALLED_MS, async () => {
        await pause(fault.lastsMs);
        return killed(stage, name, () => Promise.resolve());
      });
    case 'halt':
      return halted(stage, name, () => pause(fault.lastsMs));
    case 'cut': {
      const mends = await Promise.all(lines.map((line) => line.cut()));
      await pause(fault.lastsMs);
      await Promise.all(mends.map((mend) => mend()));
      return true;
    }
    case 'slow':
      return slowed(lines, fault.delayMs, async () => {
        await pause(fault.lastsMs);
        return true;
      });
  }
}

function stalledBy(
  { stalls }: Extract<Fault, { kind: 'kill-midway' }>,
  lines: readonly Line[],
): readonly Line[] {
  if (stalls === undefined) return lines;
  return lines.filter(({ to }) => to === stalls || (stalls === NATS && to.startsWith(NATS)));
}

async function slowed(
  lines: readonly Line[],
  delayMs: number,
  meanwhile: () => Promise<boolean>,
): Promise<boolean> {
  const quicken = lines.map((line) => line.slow(delayMs));
  try {
    return await meanwhile();
  } finally {
    for (const back of quicken) back();
    // What was sent into a stall stays there: the connection is ended, as any network would do it in the end.
    if (delayMs === STALLED_MS) {
      const mends = await Promise.all(lines.map((line) => line.cut()));
      await Promise.all(mends.map((mend) => mend()));
    }
  }
}

async function killed(stage: Stage, name: string, away: () => Promise<unknown>): Promise<boolean> {
  const server = serverOf(stage, name);
  if (!server) {
    const pid = stage.local.rolePids()[name];
    return pid !== undefined && sent(pid, 'SIGKILL');
  }
  if (server.pid() === 0) return false;
  await server.kill();
  await away();
  // What the kill has left behind, of PostgreSQL its orphans, may be in the way for a moment.
  await persistently(() => server.start());
  return true;
}

async function halted(stage: Stage, name: string, meanwhile: () => Promise<unknown>): Promise<boolean> {
  const pid = serverOf(stage, name)?.pid() ?? stage.local.rolePids()[name] ?? 0;
  if (pid === 0) return false;
  // PostgreSQL is a process for each connection; the first one is halted first, and starts no others.
  const stopped = [pid, ...childrenOf(pid)].filter((each) => sent(each, 'SIGSTOP'));
  try {
    await meanwhile();
  } finally {
    for (const each of stopped) sent(each, 'SIGCONT');
  }
  return stopped.length > 0;
}

function serverOf({ servers }: Stage, name: string): Server | undefined {
  return servers.find((server) => server.name === name);
}

function sent(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
    return false;
  }
}

/** Fields of /proc/<pid>/stat behind the name of the program (proc(5)): the state, then the parent. */
const PARENT = 1;

function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((each) => parentOf(each) === pid);
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[PARENT]);
  } catch {
    return undefined;
  }
}

/** Any node will do where nobody knows who leads. */
async function resolved({ shop }: Stage, target: string): Promise<string> {
  if (target !== NATS_LEADER) return target;
  try {
    const manager = await shop.nats.jetstreamManager();
    const { cluster } = await manager.streams.info(EVENTS_STREAM);
    return cluster?.leader ?? NATS_NODES[0];
  } catch {
    return NATS_NODES[0];
  }
}
