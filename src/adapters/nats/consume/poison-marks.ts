import type { JetStreamClient, KV } from 'nats';
import type { PoisonMarks } from '../../../bridge';
import type { Provision } from './consumer';
import { POISON_DETECTION_BUCKET } from '../streams/wanted-streams';

/** Marks expire after this time; the event is then judged from the start. */
const REMEMBERED_MS = 7 * 24 * 60 * 60 * 1_000;

/** Makes the bucket, or only opens it if an operator makes it. Safe to repeat. */
export function poisonBucket(
  jetstream: JetStreamClient,
  { replicas, provision = 'create' }: { replicas: number; provision?: Provision },
): Promise<KV> {
  const bindOnly = provision === 'check';
  return jetstream.views.kv(POISON_DETECTION_BUCKET, { ttl: REMEMBERED_MS, history: 1, replicas, bindOnly });
}

/**
 * Keeps the marks in a JetStream key-value bucket. The bucket is made when the first event is suspected, which is
 * rare. With `provision: 'check'` it must exist already.
 */
export function createPoisonMarks(
  jetstream: JetStreamClient,
  options: { replicas: number; provision?: Provision },
): PoisonMarks {
  const bucket = () => poisonBucket(jetstream, options);
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
