import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PARTITIONS } from '../../src/contracts';
import type { Figure, Target } from '../figures';
import { figure } from '../figures';
import type { Testbed } from '../testbed';
import { ownSide } from './own-side';
import type { Round } from './side';
import { startSide } from './side';

/** The settings of a comparison. */
export interface Comparison {
  readonly repeats: number;
  /** Rounds before the counted ones: the compilers of all processes are done after three. */
  readonly warmUps: number;
  /** Events in each round. */
  readonly events: number;
  /** The server that all sides call, for the figures' names. */
  readonly what: string;
  readonly targets: { readonly throughput?: Target; readonly processorTime?: Target };
  readonly say: (line: string) => void;
}

interface Sides {
  readonly bridge: Round;
  readonly client: Round;
  readonly naive: Round;
}

/** The naive bridge's last fetches must have ended; otherwise they would take events before their round begins. */
const FETCHES_END_MS = 1_200;

/**
 * Compares the bridge, from a backlog in the stream to Temporal's last answer, with a bare client that makes the same calls at
 * the same concurrency from memory, and with a naive bridge that reads the same events from the same stream. They run in turn, on
 * the same servers, and no worker runs the workflows.
 */
export async function compareBridges(testbed: Testbed, comparison: Comparison): Promise<Figure[]> {
  const { repeats, warmUps, events, say } = comparison;
  const { NATS_URL, TEMPORAL_ADDRESS } = testbed.config;
  const atOnce = String(PARTITIONS);
  const client = startSide(testbed, path.join(__dirname, 'bare-client.ts'), [TEMPORAL_ADDRESS, atOnce]);
  const naive = startSide(testbed, path.join(__dirname, 'naive-bridge.ts'), [
    NATS_URL,
    TEMPORAL_ADDRESS,
    atOnce,
  ]);
  const bridge = await ownSide(testbed);
  // The naive bridge reads the events that the bridge's round has published.
  const ofBridges = async (run: string) => {
    const bridges = await bridge.round(`a${run}`, events);
    const naives = await naive.round({ run, count: events });
    await sleep(FETCHES_END_MS);
    return { bridge: bridges, naive: naives };
  };
  const ofClient = (run: string) => client.round({ run: `b${run}`, count: events });
  try {
    for (let n = 1; n <= warmUps; n++) {
      await ofBridges(`-warm-up${n}`);
      await ofClient(`-warm-up${n}`);
    }
    const rounds: Sides[] = [];
    for (let n = 1; n <= repeats; n++) {
      // The sides take turns in going first, because the servers may get slower as they fill.
      const early = n % 2 === 1 ? await ofBridges(`${n}`) : undefined;
      const clients = await ofClient(`${n}`);
      const round = { ...(early ?? (await ofBridges(`${n}`))), client: clients };
      say(`round ${n}: ${inWords(round)}`);
      rounds.push(round);
    }
    return figuresOf(rounds, comparison);
  } finally {
    await bridge.close();
    client.close();
    naive.close();
  }
}

function figuresOf(rounds: readonly Sides[], { what, targets }: Comparison): Figure[] {
  const of = (name: string, unit: string, read: (round: Sides) => number, target?: Target) =>
    figure(`${what}: ${name}`, unit, rounds.map(read), target);
  const names = { bridge: 'bridge', client: 'bare client', naive: 'naive bridge' } as const;
  const each = (name: string, unit: string, read: (round: Round) => number) =>
    (Object.keys(names) as (keyof Sides)[]).map((side) =>
      of(`${name}, ${names[side]}`, unit, (round) => read(round[side])),
    );
  const perSecond = (round: Round) => round.perSecond;
  const cpu = (round: Round) => round.cpuMs;
  return [
    ...each('events per second', '1/s', perSecond),
    of(
      'throughput, bridge ÷ bare client',
      '',
      ({ bridge, client }) => bridge.perSecond / client.perSecond,
      targets.throughput,
    ),
    of('throughput, bridge ÷ naive bridge', '', ({ bridge, naive }) => bridge.perSecond / naive.perSecond),
    ...each('processor time per event', 'ms', cpu),
    of(
      'processor time, bridge ÷ bare client',
      '',
      ({ bridge, client }) => bridge.cpuMs / client.cpuMs,
      targets.processorTime,
    ),
    of('processor time, bridge ÷ naive bridge', '', ({ bridge, naive }) => bridge.cpuMs / naive.cpuMs),
    ...each("Temporal's processor time per event", 'ms', ({ temporalMs }) => temporalMs),
    ...each("NATS's processor time per event", 'ms', ({ natsMs }) => natsMs),
  ];
}

function inWords(sides: Sides): string {
  return Object.entries(sides)
    .map(
      ([name, { perSecond, cpuMs, natsMs, temporalMs }]: [string, Round]) =>
        `${name} ${perSecond.toFixed(0)}/s at ${cpuMs.toFixed(2)} ms (Temporal ${temporalMs.toFixed(2)}, NATS ${natsMs.toFixed(2)})`,
    )
    .join(', ');
}
