/** A steady load: events are offered at a fixed rate, and each is published in the end, whatever fails meanwhile. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { NatsConnection } from 'nats';
import { createPublisher } from '../../../src/adapters/nats';
import { notedEvent } from './events';

export interface Load {
  /** The number of events so far, published or not yet. */
  offered(): number;
  /** Resolves when the last event has been confirmed; the published ids by journal. */
  stop(): Promise<Map<string, string[]>>;
}

export function startLoad(
  connection: NatsConnection,
  options: { run: string; perSecond: number; eventsOfEach: number },
): Load {
  const { run, perSecond, eventsOfEach } = options;
  const publish = createPublisher(connection.jetstream());
  const published = new Map<string, string[]>();
  const underWay: Promise<void>[] = [];
  let over = false;
  const offering = offer();

  async function offer(): Promise<void> {
    const since = performance.now();
    for (let count = 0; !over; count++) {
      // Paced by the clock and not by pauses, so that it catches up after a slow turn.
      await sleep(Math.max(0, since + (count * 1_000) / perSecond - performance.now()));
      const journalId = `${run}-${Math.floor(count / eventsOfEach)}`;
      const id = `${journalId}.${count % eventsOfEach}`;
      published.set(journalId, [...(published.get(journalId) ?? []), id]);
      underWay.push(publishAnyhow(journalId, id));
    }
  }

  async function publishAnyhow(journalId: string, id: string): Promise<void> {
    // The publisher gives up after some attempts; its caller, like any other, tries again under the same id.
    while (
      !(await publish(notedEvent(journalId, id)).then(
        () => true,
        () => false,
      ))
    );
  }

  return {
    offered: () => underWay.length,
    stop: async () => {
      over = true;
      await offering;
      await Promise.all(underWay);
      return published;
    },
  };
}
