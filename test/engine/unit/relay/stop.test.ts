import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, Session } from '../../../../src/adapters/postgres';
import { startRelay } from '../../../../src/relay';
import { silentLog } from '../../../support/log';

/** Twice as long as a relay sleeps at most between two looks. */
const WITHIN_MS = 2_000;

const database: Database = {
  query: () => Promise.resolve([]),
  transaction: () => Promise.reject(new Error('nothing is waiting in this outbox')),
  end: () => Promise.resolve(),
};

test('a relay that is stopped while it opens its session does not become the active one, and ends', async () => {
  let opened: (session: Session) => void = () => undefined;
  const opening = new Promise<Session>((resolve) => (opened = resolve));
  let close: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => (close = resolve));
  let wasEnded = false;
  const session: Session = {
    query: () => Promise.resolve([{ locked: true }]),
    listen: () => Promise.resolve(),
    closed,
    end: () => Promise.resolve(void (wasEnded = true)),
  };
  const relay = startRelay({
    database,
    openSession: () => opening,
    channel: 'a-channel',
    publish: () => Promise.reject(new Error('nothing is to be published')),
    reachable: () => Promise.resolve(true),
    metrics: { published: () => undefined, setAside: () => undefined },
    housekeeping: () => Promise.resolve(),
    log: silentLog,
  });

  const stopped = relay.stop().then(() => 'stopped');
  opened(session);

  const end = await Promise.race([stopped, sleep(WITHIN_MS, 'goes on', { ref: false })]);
  // One that goes on all the same ends with its session: a red test does not hang.
  close();
  expect(end).toBe('stopped');
  expect(relay.active()).toBe(false);
  expect(wasEnded).toBe(true);
});
