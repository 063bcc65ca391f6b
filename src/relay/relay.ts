import { setTimeout as sleep } from 'node:timers/promises';
import type { Publish } from '../adapters/nats';
import type { Database, Session } from '../adapters/postgres';
import type { Log } from '../contracts';
import { publishBatch } from './batch';
import { forgetPublished } from './forget';

/** Any number; the same in every version, so that an old and a new relay exclude each other. */
const LOCK = 5_241_973_361;
/** How often a standby asks for the lock: well below the 5 s within which it must take over. */
const STANDBY_MS = 1_000;
/** How often the active relay looks without having been notified: a notification may get lost with its connection. */
const LOOK_MS = 1_000;
/** After a failure of PostgreSQL or JetStream, doubling with each one in a row: nothing spins, and the log stays readable. */
const FIRST_PAUSE_MS = 500;
/** Work goes on within seconds of their return. */
const LONGEST_PAUSE_MS = 4_000;
/** How often the active relay looks for rows that it may forget. */
const FORGET_EVERY_MS = 60 * 60_000;

export interface RelayParts {
  readonly database: Database;
  readonly openSession: () => Promise<Session>;
  /** Notified when a row was written. */
  readonly channel: string;
  readonly publish: Publish;
  readonly published: (count: number) => void;
  /** Published rows are kept for so long. */
  readonly retentionMs: number;
  readonly log: Log;
}

export interface Relay {
  /** Whether this relay is the active one. */
  active(): boolean;
  /** Finishes the batch in hand and gives up the lock. */
  stop(): Promise<void>;
}

/**
 * Publishes the outbox to JetStream. One relay is active, by an advisory lock that ends with its session; any number
 * stand by. An event may be published again after a crash, under the same message id.
 */
export function startRelay(parts: RelayParts): Relay {
  const stopping = new AbortController();
  let active = false;
  /** In a row, with no look at the outbox between them that went well. */
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
      await pause(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.max(0, failures - 1)));
    }
  })();

  /** One session: waits for the lock, then publishes until the session ends. */
  async function turn(): Promise<void> {
    const session = await parts.openSession();
    let open = true;
    void session.closed.then(() => (open = false));
    const isOpen = () => open && !stopping.signal.aborted;
    try {
      while (isOpen() && !(await tryLock(session))) await pause(STANDBY_MS);
      if (!isOpen()) return;
      active = true;
      parts.log.info({}, 'this relay is active');
      await publishWhile(session, isOpen);
      if (!stopping.signal.aborted)
        parts.log.warn({}, 'this relay has lost its session, and the lock with it');
    } finally {
      await session.end().catch(() => undefined);
    }
  }

  async function publishWhile(session: Session, isOpen: () => boolean): Promise<void> {
    let wake: () => void = () => undefined;
    let forgetAt = 0;
    await session.listen(parts.channel, () => wake());
    while (isOpen()) {
      const woken = new Promise<void>((resolve) => (wake = resolve));
      const count = await publishBatch(parts.database, parts.publish);
      parts.published(count);
      failures = 0;
      if (Date.now() >= forgetAt) {
        const isMore = await forgetPublished(parts.database, new Date(Date.now() - parts.retentionMs));
        if (!isMore) forgetAt = Date.now() + FORGET_EVERY_MS;
      }
      if (count === 0) await Promise.race([woken, session.closed, pause(LOOK_MS)]);
    }
  }

  function pause(ms: number): Promise<void> {
    return sleep(ms, undefined, { signal: stopping.signal }).catch(() => undefined);
  }

  return {
    active: () => active,
    stop: async () => {
      stopping.abort();
      await done;
    },
  };
}

async function tryLock(session: Session): Promise<boolean> {
  const [row] = await session.query('select pg_try_advisory_lock($1) as locked', [LOCK]);
  return row?.['locked'] === true;
}
