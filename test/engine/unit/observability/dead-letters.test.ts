// The open dead letters, counted from what two streams hold: only what is new is read.
import type { StoredMessage } from '../../../../src/contracts';
import { createDeadLettersCheck } from '../../../../src/observability/dead-letters';

const at = (sequence: number) => `2026-01-01T12:00:${String(sequence).padStart(2, '0')}.000Z`;

/** A stream of dead letters, which its oldest leave, and what people did with them. */
function streams() {
  const deadLetters: StoredMessage[] = [];
  const operations: StoredMessage[] = [];
  const reads: string[] = [];
  const message = (stream: string, sequence: number, subject: string, body: object): StoredMessage => ({
    ...{ stream, sequence, subject, headers: {}, storedAt: new Date(at(sequence)) },
    body: Buffer.from(JSON.stringify(body)),
  });
  const check = createDeadLettersCheck({
    fills: () =>
      Promise.resolve([
        {
          ...{ stream: 'DEAD_LETTERS', bytes: 0, maxBytes: 1, maxMessages: -1 },
          ...{ messages: deadLetters.length, lastSequence: deadLetters.at(-1)?.sequence ?? 0 },
        },
      ]),
    first: () => Promise.resolve(deadLetters[0]?.sequence ?? 1),
    read: async function* (stream, { sequence }) {
      reads.push(`${stream} ${sequence}`);
      const all = stream === 'DEAD_LETTERS' ? deadLetters : operations;
      yield* await Promise.resolve(all.filter((each) => each.sequence >= sequence));
    },
    now: () => 0,
  });
  return {
    add: (sequence: number) =>
      deadLetters.push(message('DEAD_LETTERS', sequence, `dlq.late.orders.k-${sequence}`, {})),
    removeOldest: () => deadLetters.shift(),
    discard: (sequence: number, deadLetteredAt = at(sequence)) =>
      operations.push(
        message('OPERATIONS', operations.length + 1, `ops.dead-letters.${sequence}`, {
          ...{ kind: 'discarded', n: 1, by: 'ada', at: at(59), deadLetteredAt },
        }),
      ),
    look: async () => {
      reads.length = 0;
      const { open, lookedAt, reasons } = await check(new AbortController().signal);
      return { open, lookedAt, samples: reasons.flatMap(({ samples }) => samples), reads: [...reads] };
    },
  };
}

test('one that was dealt with is not open; one of an earlier stream with its number does not count', async () => {
  const { add, discard, look } = streams();
  for (const sequence of [1, 2, 3]) add(sequence);
  discard(1);
  discard(2, '2025-01-01T12:00:00.000Z');
  expect(await look()).toMatchObject({ open: 2, samples: [2, 3] });
});

test('what has left the stream is forgotten, each time, and nothing is read again for it', async () => {
  const { add, removeOldest, look } = streams();
  for (const sequence of [1, 2, 3, 4]) add(sequence);
  expect(await look()).toMatchObject({ open: 4 });
  for (const left of [3, 2]) {
    removeOldest();
    const { open, lookedAt, reads } = await look();
    expect([open, lookedAt]).toEqual([left, left]);
    expect(reads).toEqual(['OPERATIONS 1', 'DEAD_LETTERS 5']);
  }
});
