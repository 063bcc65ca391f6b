// The other sides of the bridge's comparisons, as processes that take orders on standard input: both ends of the protocol.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { cpuSeconds } from '../proc';
import type { Testbed } from '../testbed';
import { isTemporal, usageOf, usedBetween } from '../usage';

const order = z.object({
  run: z.string(),
  count: z.int(),
  /** The rate by the clock, no matter how long the answers take; when absent, as many calls at once as are allowed. */
  perSecond: z.number().optional(),
});
const answer = z.object({
  /** The latency of each event in the open loop, from the time at which it was due. */
  latenciesMs: z.array(z.number()),
});

/** One round: `count` events of a run. */
export type Order = z.infer<typeof order>;

/** The result of one round. */
export interface Round {
  readonly perSecond: number;
  /** Processor time of the side's own process, for each event. */
  readonly cpuMs: number;
  /** Processor time of the servers that all sides share, for each event. */
  readonly natsMs: number;
  /** With a production server: of the server and of its PostgreSQL. */
  readonly temporalMs: number;
}

export interface Side {
  round(order: Order): Promise<Round & z.infer<typeof answer>>;
  close(): void;
}

/** Starts a side, which is a script of this folder. */
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

/** Measures a process and the servers during `run`, for each of `events` events. */
export async function measured<Value>(
  testbed: Testbed,
  pid: number,
  events: number,
  run: () => Promise<Value>,
): Promise<Round & { readonly value: Value }> {
  const [own, servers] = [cpuSeconds(pid), usageOf(testbed)];
  const since = performance.now();
  const value = await run();
  const seconds = (performance.now() - since) / 1_000;
  const [ownAfter, serversAfter] = [cpuSeconds(pid), usageOf(testbed)];
  const used = (counts: (name: string) => boolean) => usedBetween(servers, serversAfter, counts);
  const each = (cpu: number) => (cpu * 1_000) / events;
  return {
    perSecond: events / seconds,
    cpuMs: each(ownAfter - own),
    natsMs: each(used((name) => name === 'nats')),
    temporalMs: each(used(isTemporal)),
    value,
  };
}

/**
 * The other end of {@link startSide}: `prepare` makes what one round needs, and returns the function that runs it.
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
