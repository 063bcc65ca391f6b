// What is read from histories and from the stream before the model gets it.
import { arrivalRates } from '../../../../src/adapters/nats';
import { stepsIn } from '../../../../src/adapters/temporal/measure/run-times';
import type { StoredMessage, StreamReader } from '../../../../src/contracts';

const at = (ms: number) => ({ seconds: Math.floor(ms / 1_000), nanos: (ms % 1_000) * 1_000_000 }) as never;

test('a step waits from its request to its start, and takes a slot until its end', () => {
  const attempt = (number: number) => ({ scheduledEventId: 5, attempt: number }) as never;
  const end = { scheduledEventId: 5, startedEventId: 6 } as never;
  const history = (number: number) => [
    {
      ...{ eventId: 5 as never, eventTime: at(1_000) },
      activityTaskScheduledEventAttributes: { taskQueue: { name: 'payments' } },
    },
    { eventId: 6 as never, eventTime: at(1_250), activityTaskStartedEventAttributes: attempt(number) },
    { eventId: 7 as never, eventTime: at(3_000), activityTaskCompletedEventAttributes: end },
  ];
  expect(stepsIn(history(1))).toEqual([{ taskQueue: 'payments', waited: 0.25, ran: 1.75 }]);
  // The time between the attempts is no waiting for a worker.
  expect(stepsIn(history(3))).toEqual([{ taskQueue: 'payments', waited: undefined, ran: 1.75 }]);
  expect(stepsIn(history(1).slice(0, 2))).toEqual([]);
});

test('rates are those of the last events until now, by type', async () => {
  const now = 100_000;
  const subjects = ['p.3.3.orders.submitted.v1.a', 'p.4.4.orders.submitted.v1.b', 'p.5.5.pings.sent.v2.c'];
  const messages = subjects.map((subject, index): StoredMessage => ({
    ...{ stream: 'EVENTS', sequence: 8 + index, subject, headers: new Map() as never },
    ...{ body: new Uint8Array(), storedAt: new Date(now - 20_000 + index) },
  }));
  const reader: StreamReader = {
    stream: 'EVENTS',
    bounds: () => Promise.resolve({ first: 8, last: 10 }),
    next: (_subjects, from) => Promise.resolve(messages.find(({ sequence }) => sequence === from)),
    last: () => Promise.resolve(undefined),
  };
  expect(await arrivalRates(reader, { now: () => now })).toEqual({
    ...{ events: 3, seconds: 20 },
    perSecond: { 'evt.orders.submitted.v1': 0.1, 'evt.pings.sent.v2': 0.05 },
  });
});
