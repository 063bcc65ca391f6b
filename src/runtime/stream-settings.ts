import type { StreamSettings } from '../adapters/nats';
import type { Config } from '../config';

const DAY_MS = 24 * 60 * 60_000;

/** The sizes of the streams. */
export function streamSettings(config: Config): StreamSettings {
  return {
    replicas: config.STREAM_REPLICAS,
    maxBytes: config.STREAM_MAX_BYTES,
    deadLettersMaxBytes: config.DEAD_LETTERS_MAX_BYTES,
    operationsMaxBytes: config.OPERATIONS_MAX_BYTES,
    mirrorMs: config.EVENTS_MIRROR_DAYS === undefined ? undefined : config.EVENTS_MIRROR_DAYS * DAY_MS,
  };
}
