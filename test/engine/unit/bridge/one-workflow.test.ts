// One workflow that Temporal cannot serve: it holds its own event, for a while, and no other.
import { setImmediate as turn } from 'node:timers/promises';
import type { Workflows } from '../../../../src/bridge';
import { retryPause } from '../../../../src/delivery';
import {
  answered,
  bridgeAmongFakes,
  failing,
  fakeWorkflows,
  unavailable,
} from '../../../support/fakes/bridge';
import { bytesOf, structured } from '../../../support/fakes/messages';
import { PINGED_V2 } from '../../../support/ping/names';

/** An event of a workflow of its own. */
const ping = (key: string) => ({
  body: structured({ id: key, subject: key, correlationid: key, data: { pingId: key, urgency: 1 } }).body,
  subject: `evt.pings.pinged.v2.${key}`,
});

/** Temporal answers for `sick` as it is told, and accepts everything else. */
function temporalWithASickWorkflow(answer: typeof failing | typeof unavailable): Workflows {
  return {
    ...fakeWorkflows(),
    signalWithStart: async ({ key }) => {
      await turn();
      return key.startsWith('sick') ? answer : answered('accepted');
    },
  };
}

describe('a workflow on which Temporal fails with an error of its own', () => {
  test('holds its own event only, with pauses of its own, and is named in the log once', async () => {
    const { deliver, metrics, log, pauses, stop } = bridgeAmongFakes({
      parts: { workflows: temporalWithASickWorkflow(failing) },
      onPause: (count, stopping) => {
        if (count === 20) stopping.abort();
      },
    });
    const held = deliver(ping('sick'));
    for (let count = 0; count < 10; count++) await deliver(ping(`sound-${count}`));
    expect(metrics.settlements.map(({ outcome }) => outcome)).toEqual(
      Array.from({ length: 10 }, () => 'accepted'),
    );
    expect(stop.signal.aborted).toBe(false);
    await held;
    expect(new Set(metrics.holds)).toEqual(new Set(['workflow-failing']));
    expect(pauses.slice(0, 3)).toEqual([1, 2, 3].map((attempt) => retryPause(attempt, () => 0)));
    expect(log.lines).toEqual([
      {
        level: 'error',
        message: 'event held: workflow-failing',
        fields: {
          err: failing.cause,
          workflowId: 'ping-sick',
          ...{ eventId: 'sick', eventType: PINGED_V2, key: 'sick' },
          subject: 'evt.pings.pinged.v2.sick',
          sequence: 7,
        },
      },
    ]);
  });

  test('ends as a dead letter that names it, after sixty attempts', async () => {
    const { deliver, deadLetters, metrics, pauses } = bridgeAmongFakes({
      parts: { workflows: temporalWithASickWorkflow(failing) },
    });
    await deliver(ping('sick'));
    expect(pauses).toHaveLength(59);
    expect(deadLetters).toMatchObject([{ rejection: { reason: 'failed-in-temporal' }, route: 'pinged' }]);
    expect(deadLetters[0]?.rejection.detail).toBe(`60 attempts on ping-sick: ${failing.cause.message}`);
    expect(metrics.settlements).toMatchObject([{ outcome: 'dead-letter', reason: 'failed-in-temporal' }]);
  });

  test('is one of many when Temporal fails on all: the target is misconfigured, and events are held', async () => {
    const { bridge, deliver, deadLetters } = bridgeAmongFakes({
      parts: { workflows: temporalWithASickWorkflow(failing) },
      onPause: (count, stopping) => {
        if (count === 600) stopping.abort();
      },
    });
    await Promise.all(Array.from({ length: 8 }, (_, index) => deliver(ping(`sick-${index}`))));
    expect(deadLetters).toHaveLength(4);
    expect(bridge.isMisconfigured({ workflow: 'ping', kind: 'opening' })).toBe(true);
  });
});

test('a workflow for which Temporal does not answer is no outage while it answers for others, and is named once', async () => {
  const { deliver, metrics, log } = bridgeAmongFakes({
    parts: { workflows: temporalWithASickWorkflow(unavailable) },
    onPause: (count, stopping) => {
      if (count === 50) stopping.abort();
    },
  });
  await deliver(ping('sound'));
  await deliver(ping('sick'));
  expect(metrics.settlements.map(({ outcome }) => outcome)).toEqual(['accepted', 'released']);
  expect(log.lines).toMatchObject([
    {
      level: 'error',
      message: 'Temporal answers other events, but not this one: it is held',
      fields: { workflowId: 'ping-sick', eventId: 'sick' },
    },
  ]);
});

describe('an event that cannot be read is decided at once', () => {
  const malformed = { body: bytesOf('{') };

  test.each(['away', 'exhausted'] as const)('while Temporal is %s', async (why) => {
    let answer: () => void = () => undefined;
    const silence = new Promise<void>((resolve) => (answer = resolve));
    const { deliver, deadLetters, stop } = bridgeAmongFakes({
      parts: {
        concurrency: 1,
        workflows: {
          ...fakeWorkflows(),
          signalWithStart: async ({ key }) => {
            if (key === 'first') return { ...unavailable, why };
            await silence;
            return answered('accepted');
          },
        },
      },
      onPause: (count, stopping) => {
        if (count === 3) stopping.abort();
      },
    });
    const waiting = ['first', 'second', 'third'].map((key) => deliver(ping(key)));
    for (let turns = 0; turns < 10; turns++) await turn();
    await deliver(malformed);
    expect(deadLetters).toMatchObject([{ rejection: { reason: 'not-json' } }]);
    stop.abort();
    answer();
    await Promise.all(waiting);
  });
});
