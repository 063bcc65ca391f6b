import type { Delivery } from '../../../../src/delivery';
import { createCatalogue, defineDomain, defineRoutes, route } from '../../../../src/contracts';
import { shop } from '../../../../domains/shop';
import { orderConfirmed } from '../../../../domains/shop/events';
import {
  answered,
  bridgeAmongFakes,
  fakeWorkflows,
  rejected,
  rememberingMetrics,
  unavailable,
} from '../../../support/fakes/bridge';
import { bytesOf, structured } from '../../../support/fakes/messages';
import { ping, pinged, pingDomain } from '../../../support/ping/domain';
import { PONGED } from '../../../support/ping/names';

const pong = (note: string): Partial<Delivery> => ({
  subject: 'evt.pings.ponged.v1.p-1',
  body: structured({ type: PONGED, data: { pingId: 'p-1', note } }).body,
});
const settled = ['settle'];
const deadLettered = ['dead letter', 'dead letter: confirmed'];

describe('an event is acknowledged once, after Temporal has answered', () => {
  test('when it is accepted', async () => {
    const { deliver, calls, metrics, log } = bridgeAmongFakes();
    await deliver();
    expect(calls).toEqual(['signalWithStart', 'signalWithStart: accepted', ...settled]);
    expect(metrics.settlements).toEqual([{ outcome: 'accepted', reason: undefined, seconds: 0 }]);
    expect(log.lines).toEqual([]);
  });

  test('when it is a repeat', async () => {
    const script = {
      signalWithStart: [answered('closed')],
      status: [answered('closed')],
      hasSeen: [answered(true)],
    };
    const { deliver, calls, metrics } = bridgeAmongFakes({ script });
    await deliver();
    expect(calls.slice(-2)).toEqual(['hasSeen: true', ...settled]);
    expect(metrics.settlements).toMatchObject([{ outcome: 'repeated' }]);
  });

  test('when it is discarded', async () => {
    const discarding = defineRoutes({
      pinged: route({ event: pinged, workflow: ping, onMissing: 'discard' }),
    });
    const { deliver, calls, deadLetters, metrics } = bridgeAmongFakes({
      script: { signal: [answered('not-open')], status: [answered('missing')] },
      parts: { catalogue: createCatalogue([{ ...pingDomain, routes: discarding }]) },
    });
    await deliver();
    expect(calls.slice(-2)).toEqual(['status: missing', ...settled]);
    expect(deadLetters).toEqual([]);
    expect(metrics.settlements).toMatchObject([{ outcome: 'discarded' }]);
  });
});

describe('an event without a route is acknowledged and counted', () => {
  test('when its condition does not hold', async () => {
    const { deliver, calls, metrics } = bridgeAmongFakes();
    await deliver(pong('ignore me'));
    expect(calls).toEqual(settled);
    expect(metrics.settlements).toMatchObject([{ outcome: 'unrouted' }]);
  });

  test('when it is one of the relay’s own', async () => {
    const { deliver, calls, deadLetters } = bridgeAmongFakes({
      parts: { catalogue: createCatalogue([shop]) },
    });
    const body = structured({
      source: '/sagaline/orders',
      type: orderConfirmed.type,
      data: orderConfirmed.example,
    }).body;
    await deliver({ subject: 'evt.orders.confirmed.v1.order-1001', body });
    expect(calls).toEqual(settled);
    expect(deadLetters).toEqual([]);
  });
});

describe('an event that cannot be applied is acknowledged after the dead-letter stream has confirmed it', () => {
  test('when it is malformed, with nothing asked of Temporal', async () => {
    const { deliver, calls, deadLetters, metrics, log } = bridgeAmongFakes();
    const body = bytesOf('{ not json');
    await deliver({ body, headers: { Odd: ['1', '2'] }, deliveryCount: 3 });
    expect(calls).toEqual([...deadLettered, ...settled]);
    expect(deadLetters).toMatchObject([{ rejection: { reason: 'not-json' } }]);
    expect(deadLetters[0]?.route).toBeUndefined();
    expect(deadLetters[0]?.delivery).toMatchObject({
      body,
      headers: { Odd: ['1', '2'] },
      sequence: 7,
      deliveryCount: 3,
    });
    expect(metrics.settlements).toMatchObject([{ outcome: 'dead-letter', reason: 'not-json' }]);
    expect(log.lines).toMatchObject([{ level: 'warn', fields: { reason: 'not-json', sequence: 7 } }]);
  });

  test('when it does not agree with its subject', async () => {
    const { deliver, calls, deadLetters } = bridgeAmongFakes();
    await deliver({ subject: 'evt.pings.pinged.v2.other' });
    expect(calls).toEqual([...deadLettered, ...settled]);
    expect(deadLetters).toMatchObject([{ rejection: { reason: 'subject-mismatch' } }]);
  });

  test.each([
    ['unmatched', { status: [answered('missing')] }],
    ['late', { status: [answered('closed')], hasSeen: [answered(false)] }],
  ] as const)('when it is %s, with the route that failed', async (reason, more) => {
    const { deliver, calls, deadLetters, metrics } = bridgeAmongFakes({
      script: { signal: [answered('not-open')], ...more },
    });
    await deliver(pong('hello'));
    expect(calls.slice(-3)).toEqual([...deadLettered, ...settled]);
    expect(deadLetters).toMatchObject([{ rejection: { reason }, route: 'ponged' }]);
    expect(metrics.settlements).toMatchObject([{ outcome: 'dead-letter', reason }]);
  });

  test('when Temporal refuses it, in Temporal’s words', async () => {
    const { deliver, calls, deadLetters } = bridgeAmongFakes({ script: { signalWithStart: [rejected] } });
    await deliver();
    expect(calls.slice(-3)).toEqual([...deadLettered, ...settled]);
    const detail = rejected.cause.message;
    expect(deadLetters).toMatchObject([
      { rejection: { reason: 'rejected-by-temporal', detail }, route: 'pinged' },
    ]);
  });
});

describe('an event with several routes', () => {
  const pong2 = { ...ping, name: 'pong' };
  const both = defineRoutes({
    one: route({ event: pinged, workflow: ping }),
    two: route({ event: pinged, workflow: pong2 }),
  });
  const catalogue = createCatalogue([
    defineDomain({ ...pingDomain, workflows: [ping, pong2], routes: both }),
  ]);

  test('is acknowledged when each has an outcome', async () => {
    const { deliver, calls } = bridgeAmongFakes({ parts: { catalogue } });
    await deliver();
    expect(calls).toEqual(['signal', 'signal: accepted', 'signal', 'signal: accepted', ...settled]);
  });

  test.each([
    ['first', [answered('not-open'), answered('accepted')]],
    ['second', [answered('accepted'), answered('not-open')]],
  ] as const)('is dead-lettered for the %s alone, and counts as dead-lettered', async (which, signal) => {
    const { deliver, calls, deadLetters, metrics } = bridgeAmongFakes({
      script: { signal, status: [answered('missing')] },
      parts: { catalogue },
    });
    await deliver();
    expect(deadLetters.map(({ route: name }) => name)).toEqual([which === 'first' ? 'one' : 'two']);
    expect(calls).toContain('signal: accepted');
    expect(calls.slice(-1)).toEqual(settled);
    expect(metrics.settlements).toMatchObject([{ outcome: 'dead-letter', reason: 'unmatched' }]);
  });

  test('is given back as a whole when we stop while one is held', async () => {
    const { deliver, calls, metrics } = bridgeAmongFakes({
      script: { signal: [answered('accepted'), unavailable] },
      parts: { catalogue },
      onPause: (_, stop) => stop.abort(),
    });
    await deliver();
    expect(calls.slice(-1)).toEqual(['release']);
    expect(calls).not.toContain('settle');
    expect(metrics.settlements).toMatchObject([{ outcome: 'released' }]);
  });
});

describe('whatever goes wrong, handling resolves, and what is not done is not acknowledged', () => {
  const broken = new Error('broken');
  const throws = () => {
    throw broken;
  };
  const left = [
    { level: 'error', message: 'event left for redelivery', fields: { err: broken, sequence: 7 } },
  ];

  test('an acknowledgement that cannot be sent', async () => {
    const { deliver, metrics, log } = bridgeAmongFakes();
    await expect(deliver({ settle: throws })).resolves.toBeUndefined();
    expect(metrics.settlements).toEqual([]);
    expect(log.lines).toMatchObject(left);
  });

  test.each(['signalWithStart', 'status', 'hasSeen'] as const)('an exception in %s', async (method) => {
    const script = {
      signalWithStart: [answered('closed')],
      status: [answered('closed')],
      [method]: [broken],
    } as const;
    const { deliver, calls, log } = bridgeAmongFakes({ script });
    await expect(deliver()).resolves.toBeUndefined();
    expect(calls).not.toContain('settle');
    expect(log.lines).toMatchObject(left);
  });

  test('an exception in an adapter that is not even asynchronous', async () => {
    const { deliver, calls } = bridgeAmongFakes({
      parts: { workflows: { ...fakeWorkflows(), signalWithStart: throws } },
    });
    await expect(deliver()).resolves.toBeUndefined();
    expect(calls).not.toContain('settle');
  });

  test('an exception while the event is given back', async () => {
    const { deliver, stop, log } = bridgeAmongFakes({ script: { signalWithStart: [unavailable] } });
    stop.abort();
    await expect(deliver({ release: throws })).resolves.toBeUndefined();
    expect(log.lines.slice(1)).toMatchObject(left);
  });

  test('an exception in the metrics', async () => {
    const { deliver, calls } = bridgeAmongFakes({
      parts: { metrics: { ...rememberingMetrics(), settled: throws } },
    });
    await expect(deliver()).resolves.toBeUndefined();
    expect(calls.slice(-1)).toEqual(settled);
  });

  test('the next event is handled', async () => {
    const { deliver, metrics } = bridgeAmongFakes({
      script: { signalWithStart: [broken, answered('accepted')] },
    });
    await deliver();
    await deliver();
    expect(metrics.settlements).toMatchObject([{ outcome: 'accepted' }]);
  });
});

test('the time that an event has taken is counted in seconds', async () => {
  const times = [1_000];
  const { deliver, metrics } = bridgeAmongFakes({ parts: { now: () => times.shift() ?? 3_500 } });
  await deliver();
  expect(metrics.settlements).toMatchObject([{ seconds: 2.5 }]);
});
