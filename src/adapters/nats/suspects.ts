import type { JetStreamClient } from 'nats';
import type { Suspects } from '../../bridge';

export const SUSPECTS_BUCKET = 'SUSPECTS';
/** An event that is still the same after this time is looked at afresh. */
const REMEMBERED_MS = 7 * 24 * 60 * 60 * 1_000;

/** Marks in a JetStream key-value bucket, made when the first event is suspected: that is rare. */
export function createSuspects(jetstream: JetStreamClient, { replicas }: { replicas: number }): Suspects {
  const bucket = () => jetstream.views.kv(SUSPECTS_BUCKET, { ttl: REMEMBERED_MS, history: 1, replicas });
  return {
    endsOf: async (event) => {
      const entry = await (await bucket()).get(keyOf(event));
      return entry?.operation === 'PUT' ? Number(entry.string()) : 0;
    },
    mark: async (event, ends) => {
      await (await bucket()).put(keyOf(event), String(ends));
    },
  };
}

function keyOf({ stream, sequence }: { stream: string; sequence: number }): string {
  return `${stream}.${sequence}`;
}
