import type { JetStreamManager } from 'nats';
import { headers } from 'nats';
import {
  connectNats,
  createPublisher,
  EVENTS_STREAM,
  NotPublishedError,
  provisionStreams,
  streamsAreReady,
} from '../../../../src/adapters/nats';
import { StreamMismatchError } from '../../../../src/adapters/nats/streams/streams';
import { originalSubject, PARTITIONS, storedIn } from '../../../../src/contracts';
import { silentLog } from '../../../support/log';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { newKey, pingEvent } from '../../../support/ping/events';

const SETTINGS = { replicas: 1, maxBytes: 64 * 1024 * 1024 };

let nats: TestNats;
let manager: JetStreamManager;

beforeAll(async () => {
  nats = await startTestNats();
  manager = await nats.connection.jetstreamManager();
});
afterAll(() => nats.stop());

/** Streams of its own for each test. */
beforeEach(async () => {
  await deleteStreams();
  await provisionStreams(nats.connection, SETTINGS);
});

async function deleteStreams(): Promise<void> {
  for await (const { config } of manager.streams.list()) await manager.streams.delete(config.name);
}

const storedMessage = (seq: number) => manager.streams.getMessage(EVENTS_STREAM, { seq });

describe('provisioning', () => {
  test('from several processes at once, with settings that differ, makes the streams once', async () => {
    await deleteStreams();
    const connections = await Promise.all(
      [1, 2, 3].map(() => connectNats({ url: nats.url, name: 'test', log: silentLog })),
    );
    const sized = connections.map((connection, index) =>
      provisionStreams(connection, { ...SETTINGS, maxBytes: SETTINGS.maxBytes + index }),
    );
    await expect(Promise.all(sized)).resolves.toHaveLength(3);
    await Promise.all(connections.map((connection) => connection.close()));
    expect(await streamsAreReady(nats.connection)).toBe(true);
  });

  test('again changes nothing but sizes', async () => {
    await createPublisher(nats.connection.jetstream())(pingEvent(newKey()));
    const before = await manager.streams.info(EVENTS_STREAM);
    await provisionStreams(nats.connection, { ...SETTINGS, maxBytes: 2 * SETTINGS.maxBytes });
    const after = await manager.streams.info(EVENTS_STREAM);

    expect(after).toMatchObject({ created: before.created, state: { messages: 1 } });
    expect(after.config).toEqual({ ...before.config, max_bytes: 2 * SETTINGS.maxBytes });
  });

  test.each([
    [
      'subject_transform',
      { dest: 'p.{{partition(8,4)}}.{{wildcard(1)}}' },
      'partition(8,4)',
      'partition(64,4)',
    ],
    ['max_msgs_per_subject', 1, '1', '-1'],
    ['max_age', 1_000_000_000, '1000000000', '0'],
  ])('refuses a stream whose %s is another, and names both values', async (name, value, is, should) => {
    const { config } = await manager.streams.info(EVENTS_STREAM);
    await manager.streams.delete(EVENTS_STREAM);
    const changed =
      typeof value === 'object' ? { ...config.subject_transform, dest: transform(value.dest) } : value;
    await manager.streams.add({ ...config, duplicate_window: 1_000_000_000, [name]: changed });

    const error = await provisionStreams(nats.connection, SETTINGS).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StreamMismatchError);
    const { stream, differences } = error as StreamMismatchError;
    expect([stream, differences.length]).toEqual([EVENTS_STREAM, 1]);
    expect(differences[0]).toMatch(new RegExp(`^${name} is .*${escape(is)}.*, must be .*${escape(should)}`));
    expect(await streamsAreReady(nats.connection)).toBe(false);
  });

  const transform = (dest: string) => `${dest}.{{wildcard(2)}}.{{wildcard(3)}}.{{wildcard(4)}}`;
  const escape = (text: string) => text.replace(/[()]/g, '\\$&');
});

describe('an event', () => {
  test('is stored under its partition, the same for each event of a key, and gets its subject back', async () => {
    const publish = createPublisher(nats.connection.jetstream());
    const keys = Array.from({ length: 100 }, newKey);
    const partitions = new Map<string, Set<string>>();
    for (const event of keys.flatMap((key) => [pingEvent(key), pingEvent(key)])) {
      const { sequence } = await publish(event);
      const { subject, data } = await storedMessage(sequence);
      expect(originalSubject(subject)).toBe(event.subject);
      expect(Buffer.from(data)).toEqual(Buffer.from(event.body));
      const [, , partition = ''] = subject.split('.');
      expect(subject.startsWith(`${storedIn.partition(Number(partition))}.`)).toBe(true);
      partitions.set(event.subject, (partitions.get(event.subject) ?? new Set()).add(partition));
    }
    const used = [...partitions.values()].flatMap((each) => [...each]);
    expect(used).toHaveLength(keys.length);
    expect(used.every((partition) => Number(partition) < PARTITIONS)).toBe(true);
    expect(new Set(used).size).toBeGreaterThan(PARTITIONS / 3);
  });

  test('keeps the headers of its publisher', async () => {
    const head = headers();
    head.append('ce-type', 'a.type');
    head.append('X-Odd', 'one');
    head.append('X-Odd', 'two');
    const { seq } = await nats.connection.jetstream().publish('evt.a.b.v1.k', 'body', { headers: head });
    const stored = await storedMessage(seq);
    expect(stored.header.values('X-Odd')).toEqual(['one', 'two']);
    expect(stored.header.get('ce-type')).toBe('a.type');
  });

  test('is stored once for its source and id, from whichever connection it comes', async () => {
    const other = await connectNats({ url: nats.url, name: 'other', log: silentLog });
    const [here, there] = [nats.connection, other].map((each) => createPublisher(each.jetstream()));
    const event = pingEvent(newKey());
    const first = await here?.(event);
    expect(await there?.(event)).toEqual({ ...first, duplicate: true });
    expect(await there?.({ ...event, source: '/another/source' })).toMatchObject({ duplicate: false });
    expect(await there?.({ ...event, id: 'another-id' })).toMatchObject({ duplicate: false });
    await other.close();
  });

  test.each(['evt.pings.pinged.v2', 'evt.pings.pinged.v2.key.more', 'other.pings.pinged.v2.key'])(
    'on the stray subject %s gets no PubAck',
    async (subject) => {
      const publish = createPublisher(nats.connection.jetstream());
      const error = await publish({ ...pingEvent(newKey()), subject }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(NotPublishedError);
      expect(error).toMatchObject({ why: 'no-stream', subject });
    },
  );

  test('is refused by a full stream, which keeps what it has', async () => {
    await provisionStreams(nats.connection, { ...SETTINGS, maxBytes: 4_000 });
    const publish = createPublisher(nats.connection.jetstream());
    const kept = await publish(pingEvent(newKey()));
    const fill = async () => {
      for (;;) await publish(pingEvent(newKey()));
    };
    await expect(fill()).rejects.toMatchObject({ name: 'NotPublishedError', why: 'full' });
    expect((await storedMessage(kept.sequence)).seq).toBe(kept.sequence);
  });

  test('that is larger than the stream takes is refused at once', async () => {
    const publish = createPublisher(nats.connection.jetstream());
    const body = new Uint8Array(1_000_000);
    await expect(publish({ ...pingEvent(newKey()), body })).rejects.toMatchObject({ why: 'refused' });
  });
});
