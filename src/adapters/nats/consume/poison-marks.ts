import type { JetStreamClient } from 'nats';
import type { PoisonMarks } from '../../../bridge';
import type { Provision } from './consumer';
import { POISON_DETECTION_BUCKET } from '../streams/wanted-streams';

/** An event that is still the same after this time is looked at afresh. */
const REMEMBERED_MS = 7 * 24 * 60 * 60 * 1_000;

/**
 * Marks in a JetStream key-value bucket, made when the first event is suspected: that is rare. With `provision: 'check'` somebody
 * else has made it.
 */
export function createPoisonMarks(
  jetstream: JetStreamClient,
  { replicas, provision = 'create' }: { replicas: number; provision?: Provision },
): PoisonMarks {
  const bindOnly = provision === 'check';
  const bucket = () =>
    jetstream.views.kv(POISON_DETECTION_BUCKET, { ttl: REMEMBERED_MS, history: 1, replicas, bindOnly });
  return {
    crashesOf: async (event) => {
      const entry = await (await bucket()).get(keyOf(event));
      return entry?.operation === 'PUT' ? Number(entry.string()) : 0;
    },
    mark: async (event, crashes) => {
      await (await bucket()).put(keyOf(event), String(crashes));
    },
  };
}

function keyOf({ stream, sequence }: { stream: string; sequence: number }): string {
  return `${stream}.${sequence}`;
}
