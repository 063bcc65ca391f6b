// Runs the sides in turn, round after round, and measures the costs of each round.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Round } from './drive';
import type { EffectsTable } from './effects';
import { machineCpuSeconds, treeCpuSeconds, treeMiB } from './process-tree';
import type { Side } from './side';
import { STEPS } from './steps';

/** One round of one side. */
export interface Measured {
  readonly perSecond: number;
  /** Processor time of each of its processes, in milliseconds a saga. */
  readonly cpuMs: Readonly<Record<string, number>>;
  /** Memory of each of its processes at the end of the window, in MiB. */
  readonly memoryMiB: Readonly<Record<string, number>>;
  /** Processors that other processes used meanwhile: what else runs on the machine, and the other sides when idle. */
  readonly others: number;
  /** From the start of a saga until its starter has learned of its end. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Comparison {
  readonly sides: readonly Side[];
  readonly table: EffectsTable;
  /** Rounds of each side that are not counted: after them the compilers of its processes are done. */
  readonly warmUps: number;
  readonly repeats: number;
  readonly inFlight: number;
  readonly windowMs: number;
  readonly waiting: Round['waiting'];
  readonly say: (line: string) => void;
}

const LEAD_IN_MS = 1_000;
/** Between rounds: the remaining background work of a side must not fall into the next side's window. */
const PAUSE_MS = 1_000;

/** The rounds of each side, by its name. */
export async function compare({
  sides,
  repeats,
  warmUps,
  ...rest
}: Comparison): Promise<Map<string, Measured[]>> {
  const rounds = new Map<string, Measured[]>(sides.map(({ name }) => [name, []]));
  for (const { restless } of sides) if (restless) process.kill(restless.pid, 'SIGSTOP');
  for (let n = 1 - warmUps; n <= repeats; n++) {
    // A B C, B C A, C A B: no side always follows the same one.
    const first = (n + warmUps) % sides.length;
    for (const side of [...sides.slice(first), ...sides.slice(0, first)]) {
      if (side.restless) process.kill(side.restless.pid, 'SIGCONT');
      const measured = await roundOf(side, `${n < 1 ? 'w' : 'r'}${n + warmUps}`, rest);
      if (side.restless) process.kill(side.restless.pid, 'SIGSTOP');
      rest.say(`  ${n < 1 ? 'warm-up' : `round ${n}`} ${side.name.padEnd(24)} ${inWords(measured)}`);
      if (n >= 1) rounds.get(side.name)?.push(measured);
    }
  }
  return rounds;
}

async function roundOf(
  { name, members, starter }: Side,
  run: string,
  { table, inFlight, windowMs, waiting }: Pick<Comparison, 'table' | 'inFlight' | 'windowMs' | 'waiting'>,
): Promise<Measured> {
  await table.clear();
  await sleep(PAUSE_MS);
  const id = `${run}-${name.replaceAll(' ', '-')}`;
  starter.begin({ run: id, inFlight, leadInMs: LEAD_IN_MS, windowMs, waiting });
  await starter.expect('window-opens');
  const before = members.map(({ pid }) => treeCpuSeconds(pid));
  const machineBefore = machineCpuSeconds();
  const { completed, seconds, latenciesMs } = await starter.expect('window-closes');
  const cpu = members.map(({ pid }, index) => treeCpuSeconds(pid) - (before[index] ?? 0));
  const machine = machineCpuSeconds() - machineBefore;
  const memory = members.map(({ pid }) => treeMiB(pid));
  const { started } = await starter.expect('drained');
  await assertAllDone(name, started, table);
  const byMember = (values: readonly number[], scale: number) =>
    Object.fromEntries(members.map((member, index) => [member.name, (values[index] ?? 0) * scale]));
  const sorted = [...latenciesMs].sort((one, other) => one - other);
  return {
    perSecond: completed / seconds,
    cpuMs: byMember(cpu, 1_000 / completed),
    memoryMiB: byMember(memory, 1),
    others: (machine - cpu.reduce((sum, each) => sum + each, 0)) / seconds,
    p50Ms: quantile(sorted, 0.5),
    p99Ms: quantile(sorted, 0.99),
  };
}

/** A side that omits a step, or does one for a saga that was not started, does not count. */
async function assertAllDone(name: string, started: number, table: EffectsTable): Promise<void> {
  const { sagas, steps } = await table.count();
  if (sagas === started && steps === started * STEPS.length) return;
  throw new Error(`${name}: ${started} sagas were started; PostgreSQL has ${steps} steps of ${sagas}`);
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.ceil(sorted.length * share) - 1] ?? NaN;
}

export function total(byMember: Readonly<Record<string, number>>): number {
  return Object.values(byMember).reduce((sum, value) => sum + value, 0);
}

function inWords({ perSecond, cpuMs, memoryMiB, others, p50Ms, p99Ms }: Measured): string {
  const shares = Object.entries(cpuMs).map(([name, ms]) => `${name} ${ms.toFixed(2)}`);
  return (
    `${perSecond.toFixed(0)}/s, ${total(cpuMs).toFixed(2)} ms a saga (${shares.join(', ')}), ` +
    `${p50Ms.toFixed(0)} and ${p99Ms.toFixed(0)} ms, ${total(memoryMiB).toFixed(0)} MiB; others had ${others.toFixed(2)} processors`
  );
}
