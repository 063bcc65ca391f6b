import { setTimeout as sleep } from 'node:timers/promises';
import type { Publish } from '../adapters/nats';
import { NotPublishedError } from '../adapters/nats';
import type { Database, Session } from '../adapters/postgres';
import { doubling } from '../async';
import type { Log } from '../contracts';
import type { Lane } from './batch';
import { LANES, publishBatch } from './batch';
import type { OutboxPolicy } from './policy';
import { createResting } from './resting';

/**
 * The number of the advisory lock: arbitrary, but the same in every version, so that an old and a new relay exclude
 * each other.
 */
const LOCK = 5_241_973_361;
/** How often a standby asks for the lock: well below the 5 s within which it must take over. */
const STANDBY_MS = 1_000;
/**
 * How often the active relay reads the outbox without a notification: a notification may get lost with its connection.
 */
const LOOK_MS = 1_000;
/**
 * Pauses after a failure of PostgreSQL or JetStream: long enough that the relay does not spin and the log stays
 * readable, and short enough that work goes on within seconds of their return.
 */
const PAUSES = { firstMs: 500, longestMs: 4_000 };

export interface RelayParts {
  readonly database: Database;
  readonly openSession: () => Promise<Session>;
  /** The PostgreSQL channel that is notified when a row was written. */
  readonly channel: string;
  readonly publish: Publish;
  /** Which rows may be published at all; absent in the database of a producer, whose events the gateway checks. */
  readonly policy?: OutboxPolicy;
  /** Whether NATS answers on the connection of `publish`. */
  readonly reachable: () => Promise<boolean>;
  readonly metrics: {
    published(count: number): void;
    setAside(count: number): void;
  };
  /** Work of the active relay beside the outbox, until the signal aborts; it must not reject. */
  readonly housekeeping: (signal: AbortSignal) => Promise<void>;
  readonly log: Log;
}

/** A running relay. */
export interface Relay {
  /** Whether this relay is the active one. */
  active(): boolean;
  /** Finishes the batch in flight and gives up the lock. */
  stop(): Promise<void>;
}

/**
 * Publishes the outbox to JetStream. One relay is active, by an advisory lock that ends with its session; any number of
 * others stand by. After a crash, an event may be published again, under the same message id. Each stream has a lane of
 * its own: a stream that is full or missing is tried again after a pause, and delays its own rows only. So does an entity. The lock goes
 * to another relay if PostgreSQL or the whole of NATS does not answer this one.
 */
export function startRelay(parts: RelayParts): Relay {
  const stopping = new AbortController();
  let active = false;
  /** Failures in a row, without a successful read of the outbox between them. */
  let failures = 0;

  const done = (async () => {
    while (!stopping.signal.aborted) {
      try {
        await turn();
        failures = 0;
      } catch (error) {
        parts.log.warn({ err: error }, 'the relay cannot go on; trying again');
        failures++;
      }
      active = false;
      await pause(pauseAfter(failures), stopping.signal);
    }
  })();

  /** One session: waits for the lock, then publishes until the session ends. */
  async function turn(): Promise<void> {
    const session = await parts.openSession();
    const over = new AbortController();
    const end = () => over.abort();
    void session.closed.then(end);
    stopping.signal.addEventListener('abort', end);
    // The relay may have been stopped while the session was opened: an aborted signal calls no new listener.
    if (stopping.signal.aborted) end();
    const { signal } = over;
    try {
      while (!signal.aborted && !(await tryLock(session))) await pause(STANDBY_MS, signal);
      if (signal.aborted) return;
      active = true;
      parts.log.info({}, 'this relay is active');
      await publishUntil(session, over);
      if (!stopping.signal.aborted)
        parts.log.warn({}, 'this relay has lost its session, and the lock with it');
    } finally {
      stopping.signal.removeEventListener('abort', end);
      await session.end().catch(() => undefined);
    }
  }

  /** Serves all lanes side by side. An error in one of them ends all of them. */
  async function publishUntil(session: Session, over: AbortController): Promise<void> {
    const sleepers = new Set<AbortController>();
    await session.listen(parts.channel, () => sleepers.forEach((sleeper) => sleeper.abort()));
    const running = LANES.map((lane) => serve(lane, sleepers, over.signal));
    const housekeeping = parts.housekeeping(over.signal);
    for (const each of running) each.catch(() => over.abort());
    const ends = await Promise.allSettled(running);
    await housekeeping;
    for (const one of ends) if (one.status === 'rejected') throw one.reason;
  }

  async function serve(lane: Lane, sleepers: Set<AbortController>, signal: AbortSignal): Promise<void> {
    const { database, publish, policy } = parts;
    const resting = createResting(PAUSES);
    let laneFailures = 0;
    while (!signal.aborted) {
      const sleeper = new AbortController();
      sleepers.add(sleeper);
      try {
        const batch = await publishBatch({ database, publish, policy, resting }, lane);
        const { published, setAside, waiting } = batch;
        parts.metrics.published(published);
        parts.metrics.setAside(setAside.length);
        for (const { id, subject, failure } of setAside) {
          const remedy = `npx sagaline outbox show ${id}`;
          parts.log.error({ row: id, subject, failure, remedy }, 'a row of the outbox is set aside');
        }
        if (waiting !== undefined) {
          if (!isAnswer(waiting) && !(await parts.reachable()))
            throw new Error('NATS does not answer', { cause: waiting });
          if (laneFailures === 0) parts.log.warn({ lane, err: waiting }, 'rows of the outbox have to wait');
          laneFailures = published > 0 ? 1 : laneFailures + 1;
          // The rows that wait rest, so rows of other entities are tried at once: those behind, and new ones.
          if (published === 0 && !batch.isFull)
            await pause(pauseAfter(laneFailures), AbortSignal.any([signal, sleeper.signal]));
        } else {
          failures = 0;
          if (laneFailures > 0 && !resting.any()) {
            parts.log.info({ lane }, 'the rows of the outbox go on');
            laneFailures = 0;
          }
          if (published + setAside.length === 0)
            await pause(LOOK_MS, AbortSignal.any([signal, sleeper.signal]));
        }
      } finally {
        sleepers.delete(sleeper);
      }
    }
  }

  return {
    active: () => active,
    stop: async () => {
      stopping.abort();
      await done;
    },
  };
}

/** Whether JetStream has answered: it is available, and only this stream accepts nothing. */
function isAnswer(error: unknown): boolean {
  return error instanceof NotPublishedError && error.why !== 'unconfirmed';
}

function pauseAfter(failures: number): number {
  return doubling(Math.max(1, failures), PAUSES);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return sleep(ms, undefined, { signal }).catch(() => undefined);
}

async function tryLock(session: Session): Promise<boolean> {
  const [row] = await session.query('select pg_try_advisory_lock($1) as locked', [LOCK]);
  return row?.['locked'] === true;
}
