import { setImmediate as turn } from 'node:timers/promises';
import type { Bridge } from '../../../../src/bridge';
import { createCatalogue, defineDomain, defineRoutes, route } from '../../../../src/contracts';
import {
  answered,
  bridgeAmongFakes,
  fakeWorkflows,
  rejected,
  unavailable,
} from '../../../support/fakes/bridge';
import { structured } from '../../../support/fakes/messages';
import { ping as pingProcess, pingDomain, pinged, ponged } from '../../../support/ping/domain';
import { PONGED } from '../../../support/ping/names';

const OPENING = { workflow: 'ping', kind: 'opening' } as const;
const REACHING = { workflow: 'ping', kind: 'reaching' } as const;

const ping = (id: string) => ({ body: structured({ id }).body, subject: 'evt.pings.pinged.v2.p-1' });
const pong = (id: string) => ({
  body: structured({ id, type: PONGED, data: { pingId: 'p-1' } }).body,
  subject: 'evt.pings.ponged.v1.p-1',
});
const misconfigured = (bridge: Bridge) => bridge.targets.filter((target) => bridge.isMisconfigured(target));

/** A bridge whose Temporal refuses the openings in `refused`, and has refused four of them in a row. */
async function afterFourRefusals() {
  const four = ['1', '2', '3', '4'];
  const refused = new Set([...four, 'fifth']);
  let wait: (() => void) | undefined;
  const fixture = bridgeAmongFakes({
    parts: {
      workflows: {
        ...fakeWorkflows(),
        signalWithStart: (_, { id }) => Promise.resolve(refused.has(id) ? rejected : answered('accepted')),
      },
      sleep: () => new Promise<void>((resolve) => void (wait = resolve)),
    },
  });
  const wake = async () => {
    wait?.();
    for (let turns = 0; turns < 3; turns++) await turn();
  };
  for (const id of four) await fixture.deliver(ping(id));
  return { ...fixture, refused, wake };
}

describe('while Temporal refuses every opening of a workflow', () => {
  test('the fifth in a row is held instead of dead-lettered, and the log, once, and readiness name the way', async () => {
    const { bridge, deliver, deadLetters, metrics, calls, log, stop, wake } = await afterFourRefusals();
    expect(deadLetters).toHaveLength(4);
    expect(misconfigured(bridge)).toEqual([]);
    calls.length = 0;
    const held = deliver(ping('fifth'));
    await wake();
    await wake();
    expect(bridge.targets).toEqual([OPENING, REACHING]);
    expect(misconfigured(bridge)).toEqual([OPENING]);
    expect(deadLetters).toHaveLength(4);
    expect(calls).toEqual([]);
    expect(new Set(metrics.holds)).toEqual(new Set(['misconfigured']));
    const message = 'Temporal refuses every event for this target: events are held';
    expect(log.lines.filter((line) => line.message === message)).toEqual([
      { level: 'error', message, fields: { ...OPENING, err: rejected.cause } },
    ]);
    stop.abort();
    await wake();
    await held;
  });

  test('signals to open workflows go on, and say nothing about openings', async () => {
    const { bridge, deliver, deadLetters, metrics, stop, wake } = await afterFourRefusals();
    await deliver(pong('between'));
    expect(metrics.settlements.at(-1)).toMatchObject({ outcome: 'accepted' });
    const held = deliver(ping('fifth'));
    await wake();
    expect(misconfigured(bridge)).toEqual([OPENING]);
    await deliver(pong('meanwhile'));
    expect(metrics.settlements.at(-1)).toMatchObject({ outcome: 'accepted' });
    expect(misconfigured(bridge)).toEqual([OPENING]);
    expect(deadLetters).toHaveLength(4);
    stop.abort();
    await wake();
    await held;
  });

  test('openings stay held until one is accepted; then the held one is tried and acknowledged', async () => {
    const { bridge, deliver, deadLetters, metrics, log, refused, wake } = await afterFourRefusals();
    const held = deliver(ping('fifth'));
    await wake();
    expect(misconfigured(bridge)).toEqual([OPENING]);

    refused.delete('fifth');
    await wake();
    await held;
    expect(misconfigured(bridge)).toEqual([]);
    expect(log.lines.at(-1)).toMatchObject({ message: 'Temporal accepts events for this target again' });
    expect(deadLetters).toHaveLength(4);
    expect(metrics.settlements.at(-1)).toMatchObject({ outcome: 'accepted' });
  });

  test('once another opening has been accepted, one that is still refused is that event’s own fault', async () => {
    const { bridge, deliver, deadLetters, wake } = await afterFourRefusals();
    const held = deliver(ping('fifth'));
    await wake();
    await deliver(ping('sound'));
    expect(misconfigured(bridge)).toEqual([]);
    await wake();
    await held;
    expect(deadLetters.at(-1)?.rejection.reason).toBe('rejected-by-temporal');
    expect(deadLetters).toHaveLength(5);
  });

  test('an acceptance in between begins the count anew', async () => {
    const { bridge, deliver, deadLetters } = await afterFourRefusals();
    await deliver(ping('sound'));
    await deliver(ping('fifth'));
    expect(misconfigured(bridge)).toEqual([]);
    expect(deadLetters).toHaveLength(5);
  });

  test('an outage in between does not', async () => {
    const four = [rejected, rejected, rejected, rejected];
    const { bridge, deliver, deadLetters } = bridgeAmongFakes({
      script: { signalWithStart: [...four, unavailable, rejected] },
      onPause: (count, stop) => {
        if (count === 2) stop.abort();
      },
    });
    for (let count = 0; count <= four.length; count++) await deliver();
    expect(misconfigured(bridge)).toEqual([OPENING]);
    expect(deadLetters).toHaveLength(4);
  });

  test('a held event is given back when we stop', async () => {
    const { deliver, calls, stop, wake } = await afterFourRefusals();
    calls.length = 0;
    const held = deliver(ping('fifth'));
    await turn();
    stop.abort();
    await wake();
    await held;
    expect(calls).toEqual(['release']);
  });
});

test('refusals of one workflow say nothing about another one, and its acceptances nothing about them', async () => {
  const other = { ...pingProcess, name: 'other' };
  const twoWorkflows = defineDomain({
    ...pingDomain,
    workflows: [pingProcess, other],
    routes: defineRoutes({
      pinged: route({ event: pinged, workflow: pingProcess, opens: true }),
      ponged: route({ event: ponged, workflow: other, opens: true }),
    }),
  });
  const { bridge, deliver, deadLetters, metrics } = bridgeAmongFakes({
    parts: {
      catalogue: createCatalogue([twoWorkflows]),
      workflows: {
        ...fakeWorkflows(),
        signalWithStart: ({ workflow }) =>
          Promise.resolve(workflow.name === 'ping' ? rejected : answered('accepted')),
      },
    },
    onPause: (_, stop) => stop.abort(),
  });
  for (const id of ['1', '2', '3', '4']) await deliver(ping(id));
  await deliver(pong('between'));
  await deliver(ping('fifth'));
  expect(misconfigured(bridge)).toEqual([OPENING]);
  expect(deadLetters).toHaveLength(4);
  expect(metrics.settlements.at(-1)).toMatchObject({ outcome: 'released' });
});
