import { setImmediate as turn } from 'node:timers/promises';
import type { Delivery } from '../../../../src/delivery';
import { answered, bridgeAmongFakes, fakeWorkflows, unavailable } from '../../../support/fakes/bridge';
import { structured } from '../../../support/fakes/messages';

const WHY = 'paused by ada until later: a wrong price list';

/** A bridge whose route to `ping` is paused for as many looks as the test says. */
function paused(looks: number, options: Parameters<typeof bridgeAmongFakes>[0] = {}) {
  const asked: string[] = [];
  const fixture = bridgeAmongFakes({
    ...options,
    parts: {
      pausedRoutes: {
        heldBecause: (workflow) => {
          asked.push(workflow);
          return fixture.pauses.length < looks ? WHY : undefined;
        },
      },
      ...options.parts,
    },
  });
  return { ...fixture, asked };
}
const expiring = (at: string): Partial<Delivery> => ({ body: structured({ expirytime: at }).body });

/** Without the heartbeats, which a slow machine adds. */
const told = (calls: readonly string[]) => calls.filter((call) => call !== 'working');

test('an event of a paused route waits without an attempt, and then goes as if nothing had been', async () => {
  const { deliver, calls, metrics, deadLetters, log, asked } = paused(500);
  await deliver();
  expect(told(calls)).toEqual(['signalWithStart', 'signalWithStart: accepted', 'settle']);
  expect(metrics.holds).toEqual(['paused']);
  expect(metrics.settlements).toMatchObject([{ outcome: 'accepted' }]);
  expect(new Set(asked)).toEqual(new Set(['ping']));
  expect([deadLetters, log.lines]).toEqual([[], []]);
});

test('when the bridge stops, it is given back untried', async () => {
  const { deliver, calls, metrics } = paused(Infinity, {
    onPause: (count, stop) => {
      if (count === 3) stop.abort();
    },
  });
  await deliver();
  expect(told(calls)).toEqual(['release']);
  expect(metrics.settlements).toMatchObject([{ outcome: 'released' }]);
});

test('a pause uses up no attempts: an event that fails afterwards has all of its own', async () => {
  const internal = { ...unavailable, why: 'failing' } as const;
  const { deliver, calls, deadLetters } = paused(500, {
    script: { signalWithStart: [...Array.from({ length: 59 }, () => internal), answered('accepted')] },
  });
  await deliver();
  expect(deadLetters).toEqual([]);
  expect(calls.at(-1)).toBe('settle');
});

test('an event that expires while it waits becomes a dead letter, as in an outage', async () => {
  let now = '2026-01-01T12:00:00Z';
  const { deliver, deadLetters } = paused(Infinity, {
    onPause: () => (now = '2026-01-01T12:00:02Z'),
    parts: { clock: () => new Date(now) },
  });
  await deliver(expiring('2026-01-01T12:00:01Z'));
  expect(deadLetters).toMatchObject([{ rejection: { reason: 'expired' } }]);
});

test('a route that is paused during an outage of Temporal gets no attempt at its end', async () => {
  let isPaused = false;
  let attempts = 0;
  const { deliver, stop, metrics } = bridgeAmongFakes({
    onPause: (count, stopping) => {
      if (count === 2) isPaused = true;
      if (count === 6) stopping.abort();
    },
    parts: {
      pausedRoutes: { heldBecause: () => (isPaused ? WHY : undefined) },
      workflows: {
        ...fakeWorkflows(),
        signalWithStart: async () => {
          await turn();
          attempts++;
          return unavailable;
        },
      },
    },
  });
  await deliver();
  expect(stop.signal.aborted).toBe(true);
  expect([attempts, metrics.settlements]).toMatchObject([2, [{ outcome: 'released' }]]);
});
