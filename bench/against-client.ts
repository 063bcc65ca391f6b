import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectNats, createPublisher, EVENTS_STREAM } from '../src/adapters/nats';
import { PARTITIONS } from '../src/contracts';
import { shopEvents } from './events';
import type { Figure, Target } from './figures';
import { figure } from './figures';
import { cpuSeconds } from './proc';
import { silent } from './silent';
import type { World } from './world';

/** One round of one side. */
interface Round {
  readonly perSecond: number;
  /** Of the bridge's or the client's own process. */
  readonly cpuMs: number;
}

interface Both {
  readonly bridge: Round;
  readonly client: Round;
}

const LOOK_MS = 50;
/** So many publishes under way: the stream takes thousands a second. */
const PUBLISHING = 256;

/** How the two sides are compared. */
export interface Comparison {
  readonly repeats: number;
  /** Of each round. */
  readonly events: number;
  /** Of the figures' names: what both of them call. */
  readonly what: string;
  readonly targets: { readonly throughput?: number; readonly processorTime?: number };
  readonly say: (line: string) => void;
}

/** Rounds that are not counted: the compilers of both processes are done after so many. */
const WARM_UPS = 3;

/**
 * The bridge, from a backlog in the stream to Temporal's last answer, against a bare client that makes the same calls at
 * the same concurrency from memory: A and B in turn, on the same servers, nobody running the workflows.
 */
export async function againstBareClient(
  world: World,
  { repeats, events, what, targets, say }: Comparison,
): Promise<Figure[]> {
  const client = startBareClient(world);
  const bridge = await bridgeSide(world);
  for (let n = 1; n <= WARM_UPS; n++) {
    await bridge.round(`warm-up-a${n}`, events);
    await client.round(`warm-up-b${n}`, events);
  }
  const rounds: Both[] = [];
  for (let n = 1; n <= repeats; n++) {
    // The side that goes first changes, should the servers get slower as they fill.
    const bridgeFirst = n % 2 === 1;
    const one = bridgeFirst ? await bridge.round(`a${n}`, events) : undefined;
    const clients = await client.round(`b${n}`, events);
    const bridges = one ?? (await bridge.round(`a${n}`, events));
    rounds.push({ bridge: bridges, client: clients });
    say(`  round ${n}: bridge ${inWords(bridges)}, client ${inWords(clients)}`);
  }
  await bridge.close();
  client.close();
  const of = (name: string, unit: string, read: (round: Both) => number, target?: Target) =>
    figure(`${what}: ${name}`, unit, rounds.map(read), target);
  const { throughput, processorTime } = targets;
  return [
    of('bridge, events per second', '1/s', (round) => round.bridge.perSecond),
    of('bare client, events per second', '1/s', (round) => round.client.perSecond),
    of(
      'bridge ÷ bare client, throughput',
      '',
      (round) => round.bridge.perSecond / round.client.perSecond,
      throughput === undefined ? undefined : { atLeast: throughput },
    ),
    of('bridge, processor time per event', 'ms', (round) => round.bridge.cpuMs),
    of('bare client, processor time per event', 'ms', (round) => round.client.cpuMs),
    of(
      'bridge ÷ bare client, processor time',
      '',
      (round) => round.bridge.cpuMs / round.client.cpuMs,
      processorTime === undefined ? undefined : { atMost: processorTime },
    ),
  ];
}

function inWords({ perSecond, cpuMs }: Round): string {
  return `${perSecond.toFixed(0)}/s at ${cpuMs.toFixed(2)} ms`;
}

async function measured(pid: number, events: number, run: () => Promise<void>): Promise<Round> {
  const cpu = cpuSeconds(pid);
  const since = performance.now();
  await run();
  const seconds = (performance.now() - since) / 1_000;
  return { perSecond: events / seconds, cpuMs: ((cpuSeconds(pid) - cpu) * 1_000) / events };
}

async function bridgeSide(world: World) {
  const bridgePid = world.pid('bridge');
  const nats = await connectNats({ url: world.config.NATS_URL, name: 'bench', log: silent });
  const manager = await nats.jetstreamManager();
  const publish = createPublisher(nats.jetstream());

  /** Asked of the server: to listen to the acknowledgements would cost it, and us, something for each. */
  async function unsettled(): Promise<number> {
    const consumers = await manager.consumers.list(EVENTS_STREAM).next();
    return consumers.reduce(
      (sum, { num_pending, num_ack_pending }) => sum + num_pending + num_ack_pending,
      0,
    );
  }

  async function round(run: string, count: number): Promise<Round> {
    const events = shopEvents(run, count);
    // While it stands still its backlog grows; in less than the time after which NATS would give it up.
    process.kill(bridgePid, 'SIGSTOP');
    let next = 0;
    const publishing = Array.from({ length: PUBLISHING }, async () => {
      for (let event = events[next++]; event; event = events[next++]) await publish(event);
    });
    await Promise.all(publishing).catch((error: unknown) => {
      process.kill(bridgePid, 'SIGCONT');
      throw error;
    });
    return measured(bridgePid, count, async () => {
      process.kill(bridgePid, 'SIGCONT');
      while ((await unsettled()) > 0) await sleep(LOOK_MS);
    });
  }
  return { round, close: () => nats.close() };
}

function startBareClient({ config }: World) {
  const script = path.join(__dirname, 'bare-client.ts');
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', script, config.TEMPORAL_ADDRESS, String(PARTITIONS)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const pid = child.pid ?? 0;
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const expect = async (wanted: string) => {
    const answer = (await answers.next()) as IteratorResult<string, undefined>;
    if (answer.value !== wanted)
      throw new Error(`the bare client says ${answer.value ?? 'nothing'}, not ${wanted}`);
  };
  return {
    round: async (run: string, count: number): Promise<Round> => {
      child.stdin.write(`${run} ${count}\n`);
      await expect('ready');
      return measured(pid, count, async () => {
        child.stdin.write('go\n');
        await expect('done');
      });
    },
    close: () => child.stdin.end(),
  };
}
