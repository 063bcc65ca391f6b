import type { NatsConnection } from 'nats';
import type { Consumption } from '../../src/adapters/nats';
import { connectNats, consumeEvents } from '../../src/adapters/nats';
import type { Delivery } from '../../src/delivery';
import { parseSubject } from '../../src/contracts';
import { rememberingLog } from './log';

/** One process of a group that shares the work, with the deliveries that it got. */
export interface TestConsumer {
  readonly connection: NatsConnection;
  readonly consumption: Consumption;
  readonly log: ReturnType<typeof rememberingLog>;
  stop(): Promise<void>;
}

/**
 * Consumes on its own connection.
 *
 * @param handle settles the delivery or not, as the test needs
 */
export async function startConsumer(options: {
  url: string;
  name: string;
  ahead?: boolean;
  handle: (delivery: Delivery, stopping: AbortSignal) => Promise<void>;
}): Promise<TestConsumer> {
  const log = rememberingLog();
  const connection = await connectNats({ url: options.url, name: options.name, log });
  const consumption = await consumeEvents(connection, { ...options, log });
  const stop = async () => {
    await consumption.stop();
    await connection.close();
  };
  return { connection, consumption, log, stop };
}

/** Records which events were delivered and settled, by stream sequence. */
export function recorder() {
  const settled: { sequence: number; key: string; deliveryCount: number; at: number }[] = [];
  return {
    settled,
    sequences: () => settled.map(({ sequence }) => sequence),
    handle: (delivery: Delivery) => {
      delivery.settle();
      const { sequence, deliveryCount, subject } = delivery;
      settled.push({ sequence, deliveryCount, key: parseSubject(subject)?.key ?? subject, at: Date.now() });
      return Promise.resolve();
    },
  };
}
