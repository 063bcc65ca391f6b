// What becomes of one event at a subscription: handled, held, a dead letter, or not meant for it.
import type { DomainEvent } from '../../../../src/contracts';
import { DefectError, RefusalError, redriveHeaders } from '../../../../src/contracts';
import { subscriberAmongFakes } from '../../../support/fakes/subscriber';

const bytes = (text: string) => new TextEncoder().encode(text);
const asHeaders = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));

test('an event is handed over decoded, and acknowledged when the handler has taken it', async () => {
  const taken: DomainEvent[] = [];
  const fakes = subscriberAmongFakes({
    handle: (event) => {
      taken.push(event);
      fakes.calls.push('handled');
      return Promise.resolve();
    },
  });
  await fakes.deliver();
  expect(taken).toMatchObject([{ key: 'p-1', data: { pingId: 'p-1' } }]);
  expect(fakes.calls).toEqual(['handled', 'settle']);
  expect(fakes.settlements).toEqual([{ outcome: 'handled', reason: undefined }]);
});

test('an event that nobody can read is a dead letter without a route: the same one that the bridge dead-letters', async () => {
  const fakes = subscriberAmongFakes({ handle: () => Promise.reject(new Error('never called')) });
  await fakes.deliver({ body: bytes('no JSON') });
  expect(fakes.deadLetters).toMatchObject([{ rejection: { reason: 'not-json' } }]);
  expect(fakes.deadLetters[0]?.route).toBeUndefined();
  expect(fakes.calls).toEqual(['dead letter', 'dead letter: confirmed', 'settle']);
});

test('a refusal is a dead letter that names the subscription, at once, held until the stream has it', async () => {
  const fakes = subscriberAmongFakes({
    handle: () => Promise.reject(new RefusalError('no-such-ping', 'nobody knows p-1')),
    refusedDeadLetters: 2,
  });
  await fakes.deliver();
  expect(fakes.deadLetters).toMatchObject([
    {
      rejection: { reason: 'refused-by-subscription', detail: 'no-such-ping: nobody knows p-1' },
      route: 'subscription:pings',
    },
  ]);
  expect(fakes.holds).toEqual(['dead-letters-unavailable', 'dead-letters-unavailable']);
  expect(fakes.calls.at(-1)).toBe('settle');
  expect(fakes.settlements).toEqual([{ outcome: 'dead-letter', reason: 'refused-by-subscription' }]);
});

test('a failure is tried again, with the event in hand, until the handler takes it', async () => {
  let failures = 3;
  const fakes = subscriberAmongFakes({
    handle: () => (failures-- > 0 ? Promise.reject(new Error('the database is away')) : Promise.resolve()),
  });
  await fakes.deliver();
  expect(fakes.holds).toEqual(['handler-failed', 'handler-failed', 'handler-failed']);
  expect(fakes.settlements).toEqual([{ outcome: 'handled', reason: undefined }]);
  expect(fakes.deadLetters).toEqual([]);
});

test('while nothing gets through an event is held however often it fails, and given back when we stop', async () => {
  const fakes = subscriberAmongFakes({
    handle: () => Promise.reject(new Error('the database is away')),
    onPause: (count, stop) => {
      if (count === 500) stop.abort();
    },
  });
  await fakes.deliver();
  expect(fakes.pauses()).toBe(500);
  expect(fakes.deadLetters).toEqual([]);
  expect(fakes.calls).toEqual(['release']);
});

test('one that fails while others get through holds its partition for thirty of them, and is a dead letter then', async () => {
  const fakes = subscriberAmongFakes({
    handle: ({ redrive }) =>
      redrive === undefined ? Promise.reject(new TypeError('no such column')) : Promise.resolve(),
    // Between two attempts another event, told by its redrive, gets through.
    onPause: () => fakes.deliver({ headers: asHeaders(redriveHeaders({ redrive: '1:1' })) }),
  });
  await fakes.deliver();
  expect(fakes.pauses()).toBe(30);
  expect(fakes.deadLetters).toMatchObject([
    {
      rejection: { reason: 'failed-in-subscription', detail: '30 attempts: no such column' },
      route: 'subscription:pings',
    },
  ]);
});

test.each([
  ['PostgreSQL cannot store', Object.assign(new Error('time out of range'), { code: '22008' })],
  ['is a defect', new DefectError('no-such-thing', 'nobody can handle this')],
])('what %s is a dead letter at once', async (_, error) => {
  const fakes = subscriberAmongFakes({ handle: () => Promise.reject(error) });
  await fakes.deliver();
  expect(fakes.pauses()).toBe(0);
  expect(fakes.deadLetters).toMatchObject([
    { rejection: { reason: 'failed-in-subscription', detail: error.message }, route: 'subscription:pings' },
  ]);
});

test('while its surroundings are sound an event has so many attempts, also where no other comes', async () => {
  const fakes = subscriberAmongFakes({
    handle: () => Promise.reject(new Error('no such row')),
    surroundings: () => Promise.resolve(true),
    attempts: 7,
    onPause: () => undefined,
  });
  await fakes.deliver();
  expect(fakes.pauses()).toBe(6);
  expect(fakes.deadLetters).toMatchObject([{ rejection: { detail: '7 attempts: no such row' } }]);
});

test('while they are away it is held, and its attempts begin to count when they are back', async () => {
  let up = false;
  const fakes = subscriberAmongFakes({
    handle: () => Promise.reject(new Error('connection refused')),
    surroundings: () => Promise.resolve(up),
    attempts: 3,
    onPause: (count) => {
      if (count === 100) up = true;
    },
  });
  await fakes.deliver();
  expect(fakes.pauses()).toBe(102);
  expect(fakes.deadLetters).toHaveLength(1);
});

test('after five events in a row without one that was handled, it is not the events: they are held', async () => {
  let sound = false;
  const fakes = subscriberAmongFakes({
    handle: () => (sound ? Promise.resolve() : Promise.reject(new Error('no such table'))),
    surroundings: () => Promise.resolve(true),
    attempts: 2,
    onPause: (count) => {
      if (count === 50) sound = true;
    },
  });
  for (let event = 0; event < 6; event++) await fakes.deliver();
  expect(fakes.deadLetters).toHaveLength(5);
  expect(fakes.settlements.at(-1)).toEqual({ outcome: 'handled', reason: undefined });
});

test.each([
  ['a route of the bridge', 'pinged', false],
  ['another subscription', 'subscription:others', false],
  ['this subscription', 'subscription:pings', true],
  ['all', undefined, true],
])('a redrive for %s', async (_, route, isForUs) => {
  let handled = 0;
  const fakes = subscriberAmongFakes({
    handle: () => {
      handled++;
      return Promise.resolve();
    },
  });
  const headers = asHeaders(redriveHeaders({ route, redrive: '17:2' }));
  await fakes.deliver({ headers });
  // Not even decoded: what nobody can read is not ours to dead-letter.
  await fakes.deliver({ headers, body: bytes('no JSON') });
  expect([handled, fakes.deadLetters.length]).toEqual(isForUs ? [1, 1] : [0, 0]);
  expect(fakes.settlements[0]?.outcome).toBe(isForUs ? 'handled' : 'not-addressed');
});
