// The other sides of the bridge's comparisons, as processes that take orders on standard input: the protocol of both ends.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { cpuSeconds } from '../proc';
import type { Testbed } from '../testbed';

const order = z.object({
  run: z.string(),
  count: z.int(),
  /** So many a second, by the clock, however long the answers take; without it as many as there are places for. */
  perSecond: z.number().optional(),
});
const answer = z.object({
  /** Of each, in the open loop: from the moment at which it was due. */
  latenciesMs: z.array(z.number()),
});

/** One round: of a run's events, so many. */
export type Order = z.infer<typeof order>;

/** What one round has come to. */
export interface Round {
  readonly perSecond: number;
  /** Of the side's own process, for each event. */
  readonly cpuMs: number;
  /** Of the servers that all sides share, for each event. */
  readonly natsMs: number;
  readonly temporalMs: number;
}

export interface Side {
  round(order: Order): Promise<Round & z.infer<typeof answer>>;
  close(): void;
}

/** Starts a side: a script of this folder. */
export function startSide(testbed: Testbed, script: string, args: readonly string[]): Side {
  const child = spawn(
    process.execPath,
    ['--conditions=sagaline-source', '--import', 'tsx', script, ...args],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const line = (await lines.next()) as IteratorResult<string, undefined>;
    if (line.done === true) throw new Error(`${script} has ended`);
    return line.value;
  };
  return {
    round: async (wanted) => {
      child.stdin.write(`${JSON.stringify(wanted)}\n`);
      if ((await next()) !== 'ready') throw new Error(`${script} is not ready`);
      const { value, ...round } = await measured(testbed, child.pid ?? 0, wanted.count, () => {
        child.stdin.write('go\n');
        return next();
      });
      return { ...round, ...answer.parse(JSON.parse(value)) };
    },
    close: () => child.stdin.end(),
  };
}

/** What a process and the servers do meanwhile, for so many events. */
export async function measured<Value>(
  testbed: Testbed,
  pid: number,
  events: number,
  run: () => Promise<Value>,
): Promise<Round & { readonly value: Value }> {
  const pids = [pid, testbed.pid('nats'), testbed.pid('temporal')];
  const before = pids.map(cpuSeconds);
  const since = performance.now();
  const value = await run();
  const seconds = (performance.now() - since) / 1_000;
  const [cpuMs = NaN, natsMs = NaN, temporalMs = NaN] = pids.map(
    (each, at) => ((cpuSeconds(each) - (before[at] ?? NaN)) * 1_000) / events,
  );
  return { perSecond: events / seconds, cpuMs, natsMs, temporalMs, value };
}

/**
 * The other end of {@link startSide}: `prepare` makes what one round needs, and gives what does it.
 */
export async function serveRounds(
  prepare: (wanted: Order) => (() => Promise<readonly number[]>) | Promise<() => Promise<readonly number[]>>,
): Promise<void> {
  const lines: AsyncIterator<string> = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
    const run = await prepare(order.parse(JSON.parse(line.value)));
    process.stdout.write('ready\n');
    await lines.next();
    const latenciesMs = await run();
    process.stdout.write(`${JSON.stringify({ latenciesMs })}\n`);
  }
}
