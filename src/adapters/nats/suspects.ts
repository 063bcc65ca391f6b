import type { JetStreamClient } from 'nats';
import type { Suspects } from '../../bridge';
import type { Provision } from './consumer';
import { SUSPECTS_BUCKET } from './wanted-streams';

/** An event that is still the same after this time is looked at afresh. */
const REMEMBERED_MS = 7 * 24 * 60 * 60 * 1_000;

/**
 * Marks in a JetStream key-value bucket, made when the first event is suspected: that is rare. With `provision: 'check'` somebody
 * else has made it.
 */
export function createSuspects(
  jetstream: JetStreamClient,
  { replicas, provision = 'create' }: { replicas: number; provision?: Provision },
): Suspects {
  const bindOnly = provision === 'check';
  const bucket = () =>
    jetstream.views.kv(SUSPECTS_BUCKET, { ttl: REMEMBERED_MS, history: 1, replicas, bindOnly });
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
