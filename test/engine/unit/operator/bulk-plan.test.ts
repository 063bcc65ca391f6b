// A plan of dead letters looks behind those that were dealt with, and never says that there is none where it has not looked.
import type { StreamReader } from '../../../../src/contracts';
import type { OperatorContext } from '../../../../src/operator';
import { planBulk } from '../../../../src/operator';

const FIRST_AT = Date.parse('2026-01-01T00:00:00Z');
const at = (sequence: number) => new Date(FIRST_AT + sequence * 1_000);
const EMPTY = { headers: {}, body: new Uint8Array() };

/** Dead letters from 1 to `last`, of which those up to `closed` were discarded. */
function operatorWith({ last, closed }: { readonly last: number; readonly closed: number }): OperatorContext {
  const stream = (name: string, rest: Pick<StreamReader, 'next' | 'last'>): StreamReader => ({
    stream: name,
    bounds: () => Promise.resolve({ first: 1, last }),
    ...rest,
  });
  const deadLetters = stream('DEAD_LETTERS', {
    last: () => Promise.resolve(undefined),
    next: (_, sequence) =>
      Promise.resolve(
        sequence > last
          ? undefined
          : {
              ...EMPTY,
              stream: 'DEAD_LETTERS',
              sequence,
              subject: 'dlq.late.orders.k-1',
              storedAt: at(sequence),
            },
      ),
  });
  const operations = stream('OPERATIONS', {
    next: () => Promise.resolve(undefined),
    last: (subject) => {
      const sequence = Number(subject.split('.')[2]);
      if (sequence > closed) return Promise.resolve(undefined);
      const discarded = {
        kind: 'discarded',
        n: 1,
        by: 'x',
        at: 'then',
        deadLetteredAt: at(sequence).toISOString(),
      };
      const body = Buffer.from(JSON.stringify(discarded));
      return Promise.resolve({
        ...EMPTY,
        body,
        stream: 'OPERATIONS',
        sequence,
        subject,
        storedAt: at(sequence),
      });
    },
  });
  return { deadLetters: () => Promise.resolve({ deadLetters, operations }) } as unknown as OperatorContext;
}

test('the open ones behind thousands that were dealt with are planned', async () => {
  const { items, more } = await planBulk(operatorWith({ last: 4_510, closed: 4_500 }), { kind: 'discard' });
  expect(items.map(({ target }) => target).slice(0, 2)).toEqual(['dead-letter 4501', 'dead-letter 4502']);
  expect([items.length, more]).toEqual([10, false]);
});

test('one bulk takes a thousand, and says that there are more', async () => {
  const { items, more } = await planBulk(operatorWith({ last: 1_500, closed: 0 }), { kind: 'discard' });
  expect([items.length, more]).toEqual([1_000, true]);
});

test('where all were dealt with, there is none', async () => {
  await expect(
    planBulk(operatorWith({ last: 2_500, closed: 2_500 }), { kind: 'redrive' }),
  ).rejects.toMatchObject({
    code: 'nothing-to-do',
    message: expect.stringContaining('there is none (any more)') as string,
  });
});
