import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NatsConnection } from 'nats';
import { connectNats, createPublisher, EVENTS_STREAM } from '../../src/adapters/nats';
import type { OutgoingEvent } from '../../src/contracts';
import type { Figure } from '../figures';
import { figure } from '../figures';
import { paced, percentile } from '../paced';
import { silent } from '../silent';
import type { Testbed } from '../testbed';
import { shopEvents } from './events';
import { ownSide } from './own-side';
import { startSide } from './side';

/** Rounds that determine the highest rate of the bridge; the first ones warm up. */
const CALIBRATION_ROUNDS = 4;
/** An acknowledgement that has not come by then is taken as lost. */
const LATEST_MS = 10_000;

/** The settings of the latency measurement. */
export interface LatencyRounds {
  /** The server, for the figures' names. */
  readonly what: string;
  readonly repeats: number;
  /** Seconds of each round. */
  readonly seconds: number;
  readonly perSecond: number;
  readonly say: (line: string) => void;
}

/**
 * How much later Temporal accepts an event that goes through the stream and the bridge than one that a bare client sends:
 * in turn, in an open loop. The time is measured here at the acknowledgement, which the bridge sends after Temporal's
 * answer; so the transport of the acknowledgement and of the publish count as the bridge's.
 */
export async function addedLatency(
  testbed: Testbed,
  { what, repeats, seconds, perSecond, say }: LatencyRounds,
): Promise<Figure[]> {
  const count = perSecond * seconds;
  say(`${repeats} rounds of ${seconds} s for each side, ${perSecond} events a second`);
  const client = startSide(testbed, path.join(__dirname, 'bare-client.ts'), [
    testbed.config.TEMPORAL_ADDRESS,
    '1',
  ]);
  const nats = await connectNats({ url: testbed.config.NATS_URL, name: 'bench', log: silent });
  const throughBridge = publishAndListen(nats);
  const bare = async (run: string) => (await client.round({ run, count, perSecond })).latenciesMs;
  const rounds: { bridge: readonly number[]; client: readonly number[] }[] = [];
  try {
    for (let n = 0; n <= repeats; n++) {
      const early = n % 2 === 1 ? await throughBridge(shopEvents(`p${n}`, count), perSecond) : undefined;
      const clients = await bare(`q${n}`);
      const bridges = early ?? (await throughBridge(shopEvents(`p${n}`, count), perSecond));
      // The first round warms up.
      if (n > 0) rounds.push({ bridge: bridges, client: clients });
    }
  } finally {
    client.close();
    await nats.close();
  }
  const of = (name: string, part: number, target: number) => {
    const read = (samples: readonly number[]) => percentile(samples, part);
    return [
      figure(
        `${what}: ${name}, publish to acceptance through the bridge`,
        'ms',
        rounds.map(({ bridge }) => read(bridge)),
      ),
      figure(
        `${what}: ${name}, bare client's call`,
        'ms',
        rounds.map((round) => read(round.client)),
      ),
      figure(
        `${what}: ${name}, added by stream and bridge`,
        'ms',
        rounds.map((round) => read(round.bridge) - read(round.client)),
        { atMost: target },
      ),
    ];
  };
  return [...of('p50', 0.5, 2), ...of('p99', 0.99, 10)];
}

/** The highest rate of the bridge, in rounds of `events` events. */
export async function mostPerSecond(testbed: Testbed, events: number): Promise<number> {
  const bridge = await ownSide(testbed);
  let perSecond = 0;
  for (let n = 1; n <= CALIBRATION_ROUNDS; n++) {
    ({ perSecond } = await bridge.round(`c${n}`, events));
  }
  await bridge.close();
  return perSecond;
}

/** Publishes events and measures the milliseconds from the time at which each was due until the bridge acknowledged it. */
function publishAndListen(nats: NatsConnection) {
  const publish = createPublisher(nats.jetstream());
  const acknowledged = new Map<number, () => void>();
  const early = new Set<number>();
  nats.subscribe(`$JS.ACK.${EVENTS_STREAM}.>`, {
    callback: (_, { subject, data }) => {
      // The subject also carries `+WPI`, for an event that is still being processed.
      if (Buffer.from(data).toString() !== '+ACK') return;
      const sequence = Number(subject.split('.')[5]);
      const resolve = acknowledged.get(sequence);
      if (resolve) resolve();
      else early.add(sequence);
    },
  });
  const untilAcknowledged = (sequence: number) =>
    new Promise<void>((resolve) => {
      // The acknowledgement may arrive before the publisher's own answer.
      if (early.delete(sequence)) resolve();
      else acknowledged.set(sequence, resolve);
    });
  return (events: readonly OutgoingEvent[], perSecond: number): Promise<number[]> =>
    paced(events, perSecond, async (event) => {
      const { sequence } = await publish(event);
      await Promise.race([untilAcknowledged(sequence), neverCame(sequence)]);
      acknowledged.delete(sequence);
    });
}

async function neverCame(sequence: number): Promise<never> {
  await sleep(LATEST_MS, undefined, { ref: false });
  throw new Error(`event ${sequence} was not acknowledged within ${LATEST_MS / 1_000} s`);
}
