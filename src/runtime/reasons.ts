import type { Reasons } from '../gateway';

/** What each check of the engine's roles means when it fails, and what to do. Names of settings are in brackets. */
export const REASONS: Reasons = {
  started: 'the process is starting; its log names the server that it waits for',
  'not-stopping': 'the process was told to stop, and finishes its work',
  nats: 'NATS does not answer (NATS_URL)',
  streams: {
    words: 'a stream is missing, or has other settings than needed: npx sagaline provision',
    unless: 'nats',
  },
  partitions: 'not all partitions are consumed: the log names the cause',
  temporal: 'Temporal does not answer (TEMPORAL_ADDRESS)',
  switches: {
    words:
      'it is not known what is paused, so everything is held: the log names the cause (docs/switches.md)',
    unless: 'nats',
  },
  'search-attributes': {
    words: 'Temporal lacks the search attributes: npx sagaline provision',
    unless: 'temporal',
  },
  postgres: 'PostgreSQL does not answer (DATABASE_URL)',
  'postgres-writable': {
    words: 'PostgreSQL is read-only: DATABASE_URL leads to a standby, or a fail-over is under way',
    unless: 'postgres',
  },
  'postgres-session': {
    words: 'no connection for the relay’s lock: a transaction pooler gives none (DATABASE_DIRECT_URL)',
    unless: 'postgres',
  },
  'events-have-room':
    'the stream EVENTS is full, so no event can be stored: raise STREAM_MAX_BYTES, then npx sagaline provision',
  'dead-letters-have-room':
    'DEAD_LETTERS and its overflow are full, so events that cannot be applied are held: resolve dead letters, or raise DEAD_LETTERS_MAX_BYTES',
  worker: 'the worker does not poll',
  'current-version': {
    words:
      'new work of the pool goes to a version that no worker polls for: npx sagaline deploy set-current <pool>',
    unless: 'temporal',
  },
};
