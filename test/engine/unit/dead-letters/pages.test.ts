// A page costs what a page costs, however long the stream is. The stream here is a function: nothing is in memory.
import type { StoredMessage, StreamReader } from '../../../../src/contracts';
import { listDeadLetters } from '../../../../src/dead-letters';

const DEAD_LETTERS = 100_000;
const FIRST_AT = Date.parse('2026-01-01T00:00:00Z');
const NO_OPERATIONS: StreamReader = {
  stream: 'OPERATIONS',
  bounds: () => Promise.resolve({ first: 1, last: 0 }),
  next: () => Promise.resolve(undefined),
  last: () => Promise.resolve(undefined),
};

/** Dead letter n is of the key `k-<n % keys>`, and dead-lettered n seconds after the first. It counts what it is asked. */
function longStream({ keys = 10, rare = 0, bytes = 0 } = {}) {
  let asked = 0;
  let [atOnce, mostAtOnce] = [0, 0];
  const body = new Uint8Array(bytes);
  const keyOf = (sequence: number) => (sequence === rare ? 'rare' : `k-${sequence % keys}`);
  const message = (sequence: number): StoredMessage => ({
    stream: 'DEAD_LETTERS',
    sequence,
    subject: `dlq.late.orders.${keyOf(sequence)}`,
    headers: {},
    body,
    storedAt: new Date(FIRST_AT + sequence * 1_000),
  });
  const reader: StreamReader = {
    stream: 'DEAD_LETTERS',
    bounds: () => Promise.resolve({ first: 1, last: DEAD_LETTERS }),
    last: () => Promise.reject(new Error('not needed')),
    // As the server does it: the search is its own affair, the answer is one message.
    next: async (subjects, from) => {
      asked++;
      mostAtOnce = Math.max(mostAtOnce, ++atOnce);
      await Promise.resolve();
      atOnce--;
      const key = subjects.split('.')[3] ?? '*';
      for (let sequence = from; sequence <= DEAD_LETTERS; sequence++) {
        if (key === '*' || subjects === '>' || keyOf(sequence) === key) return message(sequence);
      }
      return undefined;
    },
  };
  return { reader, asked: () => asked, mostAtOnce: () => mostAtOnce };
}

const PAGE = 20;
/** The first window of 64 sequences is read and then each of the page again; finding a moment takes 17 questions. */
const QUESTIONS = 130;

async function page(
  stream: ReturnType<typeof longStream>,
  filter: Partial<Parameters<typeof listDeadLetters>[1]> = {},
  operations = NO_OPERATIONS,
) {
  const { items, next } = await listDeadLetters(
    { deadLetters: stream.reader, operations },
    { order: 'newest', limit: PAGE, ...filter },
  );
  return { sequences: items.map(({ sequence }) => sequence), next };
}

test.each(['newest', 'oldest'] as const)(
  'the %s of 100,000 dead letters: a page of questions',
  async (order) => {
    const stream = longStream();
    const { sequences, next } = await page(stream, { order });
    const [first, last] = order === 'newest' ? [DEAD_LETTERS, DEAD_LETTERS - PAGE + 1] : [1, PAGE];
    expect([sequences[0], sequences.at(-1), sequences.length]).toEqual([first, last, PAGE]);
    expect(next).toBe(order === 'newest' ? DEAD_LETTERS - PAGE : PAGE + 1);
    expect(stream.asked()).toBeLessThan(QUESTIONS);
  },
);

test.each(['newest', 'oldest'] as const)(
  'the %s are asked for many at once, and come in their order',
  async (order) => {
    const stream = longStream();
    const { sequences } = await page(stream, { order, limit: 500 });
    const expected = Array.from({ length: 500 }, (_, at) =>
      order === 'newest' ? DEAD_LETTERS - at : at + 1,
    );
    expect(sequences).toEqual(expected);
    expect(stream.mostAtOnce()).toBe(32);
  },
);

test('what is too large to be kept until its turn is read again', async () => {
  const [small, large] = [longStream(), longStream({ bytes: 1024 ** 2 })];
  const [one, other] = [await page(small, { limit: 64 }), await page(large, { limit: 64 })];
  expect(other).toEqual(one);
  // Four of the window of 64 fit into 4 MiB; of the next window 32 are read, which is where the next page begins.
  expect(large.asked() - small.asked()).toBe(60 + 32);
});

test('one dead letter of a key, far from the end, is found in a few steps', async () => {
  const stream = longStream({ rare: 5 });
  expect(await page(stream, { key: 'rare' })).toEqual({ sequences: [5], next: undefined });
  expect(stream.asked()).toBeLessThan(QUESTIONS);
});

test('those since a moment are found by halving', async () => {
  const stream = longStream();
  const since = new Date(FIRST_AT + 70_000 * 1_000);
  expect((await page(stream, { since, order: 'oldest' })).sequences[0]).toBe(70_000);
  expect((await page(stream, { since, key: 'k-3', order: 'oldest' })).sequences[0]).toBe(70_003);
  expect(stream.asked()).toBeLessThan(QUESTIONS);
});

test('where nearly all were dealt with, a page says where to go on instead of reading everything', async () => {
  const stream = longStream();
  const discarded = { kind: 'discarded', n: 1, by: 'x', at: 'then' };
  let answered = 0;
  const operations: StreamReader = {
    ...NO_OPERATIONS,
    last: (subject) => {
      answered++;
      const sequence = Number(subject.split('.')[2]);
      const deadLetteredAt = new Date(FIRST_AT + sequence * 1_000).toISOString();
      const body = Buffer.from(JSON.stringify({ ...discarded, deadLetteredAt }));
      return Promise.resolve({
        stream: 'OPERATIONS',
        sequence,
        subject,
        headers: {},
        body,
        storedAt: new Date(),
      });
    },
  };
  const { sequences, next } = await page(stream, {}, operations);
  expect(sequences).toEqual([]);
  expect(next).toBe(DEAD_LETTERS - 2_000);
  expect(answered).toBe(2_000);
});
