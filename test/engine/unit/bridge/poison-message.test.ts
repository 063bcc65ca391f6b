import { createCatalogue } from '../../../../src/contracts';
import { bridgeAmongFakes, fakePoisonMarks } from '../../../support/fakes/bridge';
import { bytesOf } from '../../../support/fakes/messages';
import { pingDomain, pingRoutes } from '../../../support/ping/domain';

describe('an event that was delivered very often', () => {
  test('is marked before each attempt, and the mark is taken back when the process has survived it', async () => {
    const { deliver, calls, metrics } = bridgeAmongFakes();
    await deliver({ deliveryCount: 20 });
    expect(calls).toEqual([
      ...['mark 1', 'mark 0'],
      ...['mark 1', 'signalWithStart', 'signalWithStart: accepted', 'mark 0'],
      'settle',
    ]);
    expect(metrics.settlements).toMatchObject([{ outcome: 'accepted' }]);
  });

  test('is marked also while the routes look at it: a condition is code of the domain', async () => {
    const poisonMarks = fakePoisonMarks();
    const marks: number[] = [];
    const looking = pingRoutes.map((route) => ({
      ...route,
      condition: () => {
        void poisonMarks.crashesOf({ stream: 'EVENTS', sequence: 7 }).then((ends) => marks.push(ends));
        return true;
      },
    }));
    const catalogue = createCatalogue([{ ...pingDomain, routes: looking }]);
    const { deliver } = bridgeAmongFakes({ parts: { poisonMarks, catalogue } });
    await deliver({ deliveryCount: 20 });
    expect(marks).toEqual([1]);
  });

  test('is nothing special before that', async () => {
    const { deliver, calls } = bridgeAmongFakes();
    await deliver({ deliveryCount: 19 });
    expect(calls[0]).toBe('signalWithStart');
  });

  test('is tried once more when the process has ended beside it alone: that may have been a kill', async () => {
    const { deliver, calls, deadLetters } = bridgeAmongFakes({
      parts: { poisonMarks: fakePoisonMarks([], 1) },
    });
    await deliver({ deliveryCount: 21 });
    expect(calls).toContain('signalWithStart: accepted');
    expect(deadLetters).toEqual([]);
  });

  test('is poison, and not even read, when that was so twice', async () => {
    const { deliver, calls, deadLetters } = bridgeAmongFakes({
      parts: { poisonMarks: fakePoisonMarks([], 2) },
    });
    await deliver({ deliveryCount: 22, body: bytesOf('{') });
    expect(calls).toEqual(['dead letter', 'dead letter: confirmed', 'settle']);
    expect(deadLetters[0]?.rejection).toEqual({
      reason: 'poison',
      detail: 'delivered 22 times; the bridge ended 2 times with nothing else in hand',
    });
  });

  test('comes again when its mark cannot be made: it is not tried without', async () => {
    const away = {
      crashesOf: () => Promise.resolve(0),
      mark: () => Promise.reject(new Error('NATS is away')),
    };
    const { deliver, calls, log } = bridgeAmongFakes({ parts: { poisonMarks: away } });
    await deliver({ deliveryCount: 20 });
    expect(calls).toEqual([]);
    expect(log.lines.at(-1)?.message).toBe('event left for redelivery');
  });
});
