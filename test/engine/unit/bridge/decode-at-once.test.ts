import { setImmediate as turn } from 'node:timers/promises';
import { deferred } from '../../../../src/async';
import type { Answer } from '../../../../src/bridge';
import {
  answered,
  bridgeAmongFakes,
  fakePoisonMarks,
  fakeWorkflows,
  unavailable,
} from '../../../support/fakes/bridge';
import { bytesOf } from '../../../support/fakes/messages';

const malformed = { body: bytesOf('{'), sequence: 8 };

/** Lets everything happen that can happen by itself. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 10; turns++) await turn();
}

/** A bridge that makes one attempt at a time, and whose first event Temporal has not answered yet. */
async function busyBridge(delivery = {}) {
  const asked = deferred<Answer<'accepted'>>();
  const fakes = bridgeAmongFakes({
    parts: {
      concurrency: 1,
      workflows: { ...fakeWorkflows(), signalWithStart: () => asked.promise },
    },
  });
  const first = fakes.deliver(delivery);
  await settle();
  const answer = async () => {
    asked.resolve(answered('accepted'));
    await first;
    await settle();
  };
  return { ...fakes, answer };
}

describe('an event that cannot be decoded is a dead letter at once', () => {
  test('while the circuit breaker is open', async () => {
    const pause = deferred();
    const { deliver, deadLetters, log, stop } = bridgeAmongFakes({
      script: { signalWithStart: [unavailable] },
      parts: { sleep: () => pause.promise },
    });
    const held = deliver();
    await settle();
    expect(log.lines.map(({ message }) => message)).toEqual(['Temporal is away: events are held']);
    const handled = deliver(malformed);
    await settle();
    expect(deadLetters).toMatchObject([{ rejection: { reason: 'not-json' }, delivery: { sequence: 8 } }]);
    await handled;
    stop.abort();
    pause.resolve();
    await held;
  });

  test('while there is no room for another attempt', async () => {
    const { deliver, deadLetters, answer } = await busyBridge();
    const handled = deliver(malformed);
    await settle();
    expect(deadLetters).toMatchObject([{ rejection: { reason: 'not-json' }, delivery: { sequence: 8 } }]);
    await handled;
    await answer();
  });
});

test('nothing is decoded beside an attempt that is made alone: it may end the process', async () => {
  const { deliver, deadLetters, answer } = await busyBridge({ deliveryCount: 20 });
  const handled = deliver(malformed);
  await settle();
  expect(deadLetters).toEqual([]);
  await answer();
  await handled;
  expect(deadLetters).toHaveLength(1);
});

describe('an attempt leaves its room to the next one', () => {
  const broken = new Error('broken');

  test('when it throws', async () => {
    const { deliver, metrics } = bridgeAmongFakes({
      script: { signalWithStart: [broken, answered('accepted')] },
      parts: { concurrency: 1 },
    });
    await Promise.all([deliver(), deliver()]);
    expect(metrics.settlements).toMatchObject([{ outcome: 'accepted' }]);
  });

  test('when it throws while the circuit breaker is open', async () => {
    const { deliver, metrics } = bridgeAmongFakes({
      script: { signalWithStart: [unavailable, unavailable, broken, answered('accepted')] },
    });
    await Promise.all([deliver(), deliver()]);
    expect(metrics.settlements).toMatchObject([{ outcome: 'accepted' }]);
  });

  test.each([
    ['made', 1],
    ['taken back', 0],
  ])('when the mark of a suspect cannot be %s', async (_, failing) => {
    const poisonMarks = fakePoisonMarks();
    const mark = (...[event, ends]: Parameters<typeof poisonMarks.mark>) =>
      ends === failing ? Promise.reject(broken) : poisonMarks.mark(event, ends);
    const { deliver, calls, metrics } = bridgeAmongFakes({
      parts: { poisonMarks: { ...poisonMarks, mark } },
    });
    await deliver({ deliveryCount: 20 });
    expect(calls).toEqual([]);
    await deliver();
    expect(metrics.settlements).toMatchObject([{ outcome: 'accepted' }]);
  });
});
