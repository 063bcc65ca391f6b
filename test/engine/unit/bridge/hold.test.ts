import { setImmediate as turn } from 'node:timers/promises';
import type { Workflows } from '../../../../src/bridge';
import { retryPause } from '../../../../src/delivery';
import {
  answered,
  bridgeAmongFakes,
  fakeDelivery,
  fakeWorkflows,
  rejected,
  unavailable,
} from '../../../support/fakes/bridge';
import { bytesOf, structured } from '../../../support/fakes/messages';

const malformed = { body: bytesOf('{') };
const pauseOf = (attempt: number) => retryPause(attempt, () => 0);

describe('while Temporal is away an event is held', () => {
  const away = { signalWithStart: [unavailable, unavailable, unavailable, answered('accepted')] } as const;

  test('with growing pauses, and acknowledged once Temporal has taken it', async () => {
    const { deliver, calls, pauses, metrics, deadLetters } = bridgeAmongFakes({ script: away });
    await deliver();
    expect(pauses).toEqual([pauseOf(1), pauseOf(2), pauseOf(3)]);
    const attempt = ['signalWithStart', 'signalWithStart: unavailable'];
    const accepted = ['signalWithStart', 'signalWithStart: accepted', 'settle'];
    expect(calls).toEqual([...attempt, ...attempt, ...attempt, ...accepted]);
    expect(metrics.holds).toEqual(Array.from({ length: 3 }, () => 'temporal-away'));
    expect(metrics.settlements).toMatchObject([{ outcome: 'accepted' }]);
    expect(deadLetters).toEqual([]);
  });

  test('and the log says so once for all events, and once when Temporal is back', async () => {
    const { deliver, log, pauses } = bridgeAmongFakes({
      script: { signalWithStart: [...Array.from({ length: 50 }, () => unavailable), answered('accepted')] },
    });
    await Promise.all([deliver({ sequence: 7 }), deliver({ sequence: 8 }), deliver({ sequence: 9 })]);
    expect(pauses).toHaveLength(48);
    expect(log.lines).toEqual([
      { level: 'warn', message: 'Temporal is away: events are held', fields: { err: unavailable.cause } },
      { level: 'info', message: 'Temporal is back: events go on', fields: { awaySeconds: 0 } },
    ]);
  });

  test('with one attempt at a time, however many events are held', async () => {
    let asking = 0;
    let most = 0;
    const asked: string[] = [];
    const signalWithStart: Workflows['signalWithStart'] = async (_, { id }) => {
      asked.push(id);
      most = Math.max(most, ++asking);
      await turn();
      asking--;
      return asked.length < 30 ? unavailable : answered('accepted');
    };
    const { deliver, metrics } = bridgeAmongFakes({
      parts: { workflows: { ...fakeWorkflows(), signalWithStart } },
    });
    const first = deliver({ body: structured({ id: 'first' }).body });
    await turn();
    await turn();
    most = 0;
    const others = Array.from({ length: 10 }, (_, index) =>
      deliver({ body: structured({ id: `e-${index}` }).body }),
    );
    while (asked.length < 30) {
      await turn();
      expect(most).toBeLessThanOrEqual(1);
    }
    await Promise.all([first, ...others]);
    expect(metrics.settlements).toHaveLength(11);
  });

  test('and is given back when we stop, never acknowledged', async () => {
    const { deliver, calls, metrics, pauses } = bridgeAmongFakes({
      script: { signalWithStart: [unavailable] },
      onPause: (count, stop) => {
        if (count === 3) stop.abort();
      },
    });
    await deliver();
    expect(pauses).toHaveLength(3);
    expect(calls.at(-1)).toBe('release');
    expect(calls).not.toContain('settle');
    expect(metrics.settlements).toMatchObject([{ outcome: 'released' }]);
  });

  test('and pauses end with the signal to stop', async () => {
    const given: AbortSignal[] = [];
    const { deliver, stop } = bridgeAmongFakes({
      script: { signalWithStart: [unavailable] },
      parts: {
        sleep: (_, signal) => {
          given.push(signal);
          stop.abort();
          return Promise.resolve();
        },
      },
    });
    await deliver();
    expect(given).toEqual([stop.signal]);
  });
});

describe('an event that arrives while we stop', () => {
  test.each([
    ['sound', {}, 'signalWithStart: accepted'],
    ['malformed', malformed, 'dead letter: confirmed'],
  ])('is handled once more than not at all: a %s one', async (_, changes, done) => {
    const { deliver, calls, stop } = bridgeAmongFakes();
    stop.abort();
    await deliver(changes);
    expect(calls.slice(-2)).toEqual([done, 'settle']);
  });

  test.each([
    ['sound', {}, ['signalWithStart', 'signalWithStart: unavailable', 'release']],
    ['malformed', malformed, ['dead letter', 'release']],
  ])('is given back when that cannot be at once: a %s one', async (_, changes, expected) => {
    const script = { signalWithStart: [unavailable] };
    const { deliver, calls, stop } = bridgeAmongFakes({ script, refusedDeadLetters: Infinity });
    stop.abort();
    await deliver(changes);
    expect(calls).toEqual(expected);
  });
});

describe('while the dead-letter stream refuses it an event is held', () => {
  test('and acknowledged only after it has been taken', async () => {
    const { deliver, calls, pauses, metrics, log, deadLetters } = bridgeAmongFakes({ refusedDeadLetters: 2 });
    await deliver(malformed);
    expect(calls).toEqual(['dead letter', 'dead letter', 'dead letter', 'dead letter: confirmed', 'settle']);
    expect(pauses).toEqual([pauseOf(1), pauseOf(2)]);
    expect(deadLetters).toHaveLength(1);
    expect(metrics.holds).toEqual(['dead-letters-unavailable', 'dead-letters-unavailable']);
    expect(log.lines.map(({ message }) => message)).toEqual([
      'event held: dead-letters-unavailable',
      'dead letter',
    ]);
  });

  test('without asking Temporal again', async () => {
    const { deliver, calls } = bridgeAmongFakes({
      refusedDeadLetters: 3,
      script: { signalWithStart: [rejected] },
    });
    await deliver();
    expect(calls.filter((call) => call === 'signalWithStart')).toHaveLength(1);
    expect(calls.slice(-2)).toEqual(['dead letter: confirmed', 'settle']);
  });

  test('and is given back when we stop', async () => {
    const { deliver, calls } = bridgeAmongFakes({
      refusedDeadLetters: Infinity,
      onPause: (_, stop) => stop.abort(),
    });
    await deliver(malformed);
    expect(calls).toEqual(['dead letter', 'release']);
  });
});

describe('an event in hand', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] }));
  afterEach(() => jest.useRealTimers());

  function slowBridge() {
    const answers: ((answer: Awaited<ReturnType<Workflows['signalWithStart']>>) => void)[] = [];
    const signalWithStart = () => new Promise<never>((resolve) => answers.push(resolve as never));
    const fixture = bridgeAmongFakes({ parts: { workflows: { ...fakeWorkflows(), signalWithStart } } });
    return { ...fixture, answer: async () => (await turn(), answers.shift()?.(answered('accepted'))) };
  }

  test('is said to be worked on three times in the four seconds that the server waits, and not after', async () => {
    const { deliver, calls, answer } = slowBridge();
    const handled = deliver();
    await jest.advanceTimersByTimeAsync(1_299);
    expect(calls).toEqual([]);
    await jest.advanceTimersByTimeAsync(2_700);
    expect(calls).toEqual(['working', 'working', 'working']);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(calls).toHaveLength(49);
    await answer();
    await handled;
    await jest.advanceTimersByTimeAsync(60_000);
    expect(calls.slice(49)).toEqual(['settle']);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('is not said to be worked on any more when it is left for redelivery', async () => {
    const { deliver, calls, answer } = slowBridge();
    const handled = deliver({
      settle: () => {
        throw new Error('the connection is closed');
      },
    });
    await answer();
    await handled;
    await jest.advanceTimersByTimeAsync(60_000);
    expect(calls).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('survives a beat that fails', async () => {
    const { bridge, stop, calls, answer } = slowBridge();
    const working = () => {
      throw new Error('the connection is closed');
    };
    const handled = bridge.handle(fakeDelivery({ working }, calls), stop.signal);
    await jest.advanceTimersByTimeAsync(1_300);
    await answer();
    await handled;
    expect(calls).toEqual(['settle']);
  });
});

test.each([
  [1, ['signalWithStart', 'signalWithStart: accepted', 'signalWithStart', 'signalWithStart: accepted']],
  [2, ['signalWithStart', 'signalWithStart', 'signalWithStart: accepted', 'signalWithStart: accepted']],
])('a bridge that may hand %s to Temporal at once hands over no more', async (concurrency, expected) => {
  const { deliver, calls } = bridgeAmongFakes({ parts: { concurrency } });
  await Promise.all([deliver({ sequence: 7 }), deliver({ sequence: 8 })]);
  expect(calls.filter((call) => call !== 'settle')).toEqual(expected);
});
