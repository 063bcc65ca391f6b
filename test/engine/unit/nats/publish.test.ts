import type { JetStreamClient } from 'nats';
import type { StreamReader } from '../../../../src/contracts';
import { createFirstPublisher, createPublisher } from '../../../../src/adapters/nats';
import { apiError, messageTooLarge, payloadTooLarge } from '../../../support/fakes/nats-errors';

const EVENT = {
  id: 'e-1',
  source: '/test',
  subject: 'evt.pings.pinged.v2.p-1',
  body: new Uint8Array([123, 125]),
};

/** A stream that answers each publish with this error. */
function answering(error: Error) {
  let asked = 0;
  const publish = () => {
    asked++;
    return Promise.reject(error);
  };
  return { jetstream: { publish } as unknown as JetStreamClient, asked: () => asked };
}

test.each([
  ['larger than the stream takes', messageTooLarge(), true],
  ['larger than the server takes', payloadTooLarge(), true],
  ['of another stream', apiError(10_060, 400), false],
])('an event %s is refused for good, at once', async (_, error, tooLarge) => {
  const { jetstream, asked } = answering(error);
  await expect(createPublisher(jetstream)(EVENT)).rejects.toMatchObject({ why: 'refused', tooLarge });
  expect(asked()).toBe(1);
});

test('a server that has too much to do has not refused the event for good', async () => {
  const { jetstream, asked } = answering(apiError(10_167, 429, 'too many requests'));
  await expect(createPublisher(jetstream)(EVENT)).rejects.toMatchObject({ why: 'unconfirmed' });
  expect(asked()).toBeGreaterThan(1);
});

test('a first event is published after whatever number of strangers, in one call or over several', async () => {
  const STRANGERS = 1_000;
  const READ_MS = 20;
  let clock = 0;
  const looked: number[] = [];
  const crowded = {
    next: (_: string, from: number) => {
      clock += READ_MS;
      looked.push(from);
      return Promise.resolve(from <= STRANGERS ? { sequence: from } : undefined);
    },
  } as unknown as StreamReader;
  const expected: unknown[] = [];
  const publish = (_subject: string, _body: Uint8Array, options: { expect?: object }) => {
    expected.push(options.expect);
    return Promise.resolve({ stream: 'EVENTS', seq: 1_001, duplicate: false });
  };
  const jetstream = { publish } as unknown as JetStreamClient;
  const publishFirst = createFirstPublisher(jetstream, crowded, {}, () => clock);
  let calls = 0;
  for (;;) {
    calls++;
    const began = clock;
    const first = await publishFirst(EVENT, () => false).catch((error: unknown) => error);
    expect(clock - began).toBeLessThan(9_000);
    if (!(first instanceof Error)) break;
    expect(first).toMatchObject({ why: 'unconfirmed' });
    expect(calls).toBeLessThan(10);
  }
  // Each message was read once, and the last one is what the stream is to compare.
  expect(looked).toEqual(Array.from({ length: STRANGERS + 1 }, (_, at) => at + 1));
  expect([calls > 1, expected]).toEqual([true, [{ lastSubjectSequence: STRANGERS }]]);
});

test('a first event that others overtake each time is not refused for good', async () => {
  const { jetstream } = answering(apiError(10_071, 400, 'wrong last sequence'));
  const empty = { next: () => Promise.resolve(undefined) } as unknown as StreamReader;
  const publish = createFirstPublisher(jetstream, empty);
  await expect(publish(EVENT, () => true)).rejects.toMatchObject({ why: 'unconfirmed' });
});
