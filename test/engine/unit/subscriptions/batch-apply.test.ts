// What becomes of a batch: applied with its position, halved until the bad event is found, or held.
import { DefectError, RefusalError } from '../../../../src/contracts';
import { LaneLostError } from '../../../../src/subscriptions/batch/ports';
import { batchesAmongFakes, messagesOf } from '../../../support/fakes/batch';

const hundred = Array.from({ length: 100 }, (_, index) => `n${index}`);

test('a batch is handed over in one call, in the order of the stream, and its position is the last event', async () => {
  const calls: (readonly string[])[] = [];
  const fakes = batchesAmongFakes({ handle: (notes) => void calls.push(notes) });
  await fakes.apply(messagesOf(hundred));
  expect(calls).toEqual([hundred]);
  expect(fakes.applied).toEqual(hundred);
  expect(fakes.position()).toBe(100);
  expect(fakes.settlements).toHaveLength(100);
});

test.each([
  ['refuses', new RefusalError('no-such-ping', 'nobody knows it'), 'refused-by-subscription'],
  ['cannot handle', new DefectError('odd', 'a bug'), 'failed-in-subscription'],
  ['cannot store', Object.assign(new Error('too long'), { code: '22001' }), 'failed-in-subscription'],
])(
  'one among a hundred that the handler %s is a dead letter, the others are applied once, in order',
  async (_, error, reason) => {
    let calls = 0;
    const fakes = batchesAmongFakes({
      handle: (notes) => {
        calls++;
        if (notes.includes('n37')) throw error;
      },
    });
    await fakes.apply(messagesOf(hundred));
    expect(fakes.applied).toEqual(hundred.filter((note) => note !== 'n37'));
    expect(fakes.deadLetters).toMatchObject([
      { delivery: { sequence: 38 }, rejection: { reason }, route: 'subscription:pings' },
    ]);
    expect(fakes.position()).toBe(100);
    expect(fakes.holds).toEqual([]);
    // It halves: a look at each event would be a hundred calls.
    expect(calls).toBeLessThan(20);
  },
);

test('two bad events at the ends of a batch are both found', async () => {
  const fakes = batchesAmongFakes({
    handle: (notes) => {
      if (notes.some((note) => note === 'n0' || note === 'n99')) throw new DefectError('odd', 'a bug');
    },
  });
  await fakes.apply(messagesOf(hundred));
  expect(fakes.deadLetters.map(({ delivery }) => delivery.sequence)).toEqual([1, 100]);
  expect(fakes.applied).toHaveLength(98);
  expect(fakes.position()).toBe(100);
});

test('events that nobody can read are dead letters without a route, and the others are applied', async () => {
  const fakes = batchesAmongFakes({ handle: () => undefined });
  const messages = messagesOf(['a', 'b', 'c']).map((message) =>
    message.sequence === 3 ? { ...message, body: new TextEncoder().encode('no JSON') } : message,
  );
  await fakes.apply(messages);
  expect(fakes.deadLetters).toMatchObject([{ rejection: { reason: 'not-json' } }]);
  expect(fakes.deadLetters[0]?.route).toBeUndefined();
  expect(fakes.applied).toEqual(['a', 'b']);
  expect(fakes.position()).toBe(3);
});

test('while the database is away the batch is held as a whole, and applied when it is back', async () => {
  let up = false;
  const sizes: number[] = [];
  const fakes = batchesAmongFakes({
    handle: (notes) => {
      sizes.push(notes.length);
      if (!up) throw new Error('connection refused');
    },
    surroundings: () => Promise.resolve(up),
    onPause: (count) => {
      if (count === 200) up = true;
    },
  });
  await fakes.apply(messagesOf(hundred));
  expect(new Set(sizes)).toEqual(new Set([100]));
  expect(fakes.deadLetters).toEqual([]);
  expect(fakes.applied).toEqual(hundred);
});

test('an error that is not said to be final is found by halving as well, after its attempts', async () => {
  const fakes = batchesAmongFakes({
    handle: (notes) => {
      if (notes.includes('n50')) throw new TypeError('no such column');
    },
    surroundings: () => Promise.resolve(true),
    attempts: 5,
  });
  await fakes.apply(messagesOf(hundred));
  expect(fakes.deadLetters).toMatchObject([
    { delivery: { sequence: 51 }, rejection: { detail: '5 attempts: no such column' } },
  ]);
  expect(fakes.applied).toHaveLength(99);
});

test('a handler that fails on everything makes five dead letters, and holds the rest', async () => {
  const fakes = batchesAmongFakes({
    handle: () => {
      throw new Error('relation does not exist');
    },
    surroundings: () => Promise.resolve(true),
    attempts: 2,
    onPause: (count, stop) => {
      if (count === 500) stop.abort();
    },
  });
  await fakes.apply(messagesOf(hundred));
  expect(fakes.deadLetters).toHaveLength(5);
  expect(fakes.position()).toBe(5);
  expect(fakes.applied).toEqual([]);
});

test('nothing is settled before the commit, and a lane of another member is left at once', async () => {
  const fakes = batchesAmongFakes({
    handle: () => undefined,
    onCommit: () => {
      throw new LaneLostError('pings', 0);
    },
  });
  await expect(fakes.apply(messagesOf(hundred))).rejects.toThrow(LaneLostError);
  expect(fakes.settlements).toEqual([]);
  expect(fakes.pauses()).toBe(0);
});
