import { setTimeout as sleep } from 'node:timers/promises';
import { connectNats, createPublisher, EVENTS_STREAM } from '../../src/adapters/nats';
import { signaturesOf } from '../../src/runtime/signatures';
import { silent } from '../silent';
import type { Testbed } from '../testbed';
import { shopEvents } from './events';
import type { Round } from './side';
import { measured } from './side';

/**
 * Each check costs the server milliseconds that the other side does not pay: there are few of them, and the last ones are
 * close together.
 */
const FIRST_LOOK_MS = 200;
const SHORTEST_LOOK_MS = 20;
const LONGEST_LOOK_MS = 500;
/** The number of publishes in flight: the stream takes thousands a second. */
const PUBLISHING = 256;
/** Events are made in parts: a large backlog in this program would take memory from the other processes. */
const MADE_AT_ONCE = 5_000;

/** The product's bridge as a side of a comparison: a process of the testbed. */
export interface OwnSide {
  /** Lets a backlog of `count` events grow while the bridge is stopped, then measures until none is left. */
  round(run: string, count: number): Promise<Round>;
  publish(run: string, count: number): Promise<void>;
  /** Events that the bridge has not acknowledged. */
  unsettled(): Promise<number>;
  /** Resolves when none of `count` events is left; asks seldom until then. */
  drained(count: number): Promise<void>;
  close(): Promise<void>;
}

export async function ownSide(testbed: Testbed): Promise<OwnSide> {
  const bench = { name: 'bench', log: silent };
  const nats = await connectNats({ ...testbed.natsOf('operator'), ...bench });
  // In a secured testbed nobody may both publish events and list the consumers.
  const lister = await connectNats({ ...testbed.natsOf('provision'), ...bench });
  const manager = await lister.jetstreamManager();
  const publishOne = createPublisher(
    nats.jetstream(),
    signaturesOf(testbed.config, { count: () => undefined, log: silent }),
  );

  /**
   * Asks the server: a subscription to the acknowledgements would cost the server and this program something for each. The
   * subscriptions of the shop have consumers, too, and no process here that empties them.
   */
  async function unsettled(): Promise<number> {
    const consumers = await manager.consumers.list(EVENTS_STREAM).next();
    return consumers
      .filter(({ name }) => name.startsWith(`${testbed.config.BRIDGE_NAME}-`))
      .reduce((sum, { num_pending, num_ack_pending }) => sum + num_pending + num_ack_pending, 0);
  }

  // Checks again when half of what is left should be done.
  async function drained(count: number): Promise<void> {
    const since = performance.now();
    await sleep(FIRST_LOOK_MS);
    for (let left = await unsettled(); left > 0; left = await unsettled()) {
      const msLeft = (left * (performance.now() - since)) / Math.max(1, count - left);
      await sleep(Math.min(LONGEST_LOOK_MS, Math.max(SHORTEST_LOOK_MS, msLeft / 2)));
    }
  }

  async function publish(run: string, count: number): Promise<void> {
    for (let from = 0; from < count; from += MADE_AT_ONCE) {
      const events = shopEvents(from === 0 ? run : `${run}-${from}`, Math.min(MADE_AT_ONCE, count - from));
      let next = 0;
      const publishing = Array.from({ length: PUBLISHING }, async () => {
        for (let event = events[next++]; event; event = events[next++]) await publishOne(event);
      });
      await Promise.all(publishing);
    }
  }

  async function round(run: string, count: number): Promise<Round> {
    const pid = testbed.pid('bridge');
    process.kill(pid, 'SIGSTOP');
    await publish(run, count).catch((error: unknown) => {
      process.kill(pid, 'SIGCONT');
      throw error;
    });
    return measured(testbed, pid, count, async () => {
      process.kill(pid, 'SIGCONT');
      await drained(count);
    });
  }
  const close = async () => {
    await nats.close();
    await lister.close();
  };
  return { round, publish, unsettled, drained, close };
}
