import { setImmediate as turn } from 'node:timers/promises';
import { answered, bridgeAmongFakes, fakeWorkflows, rejected, unavailable } from '../../support/fakes/bridge';
import { structured } from '../../support/fakes/messages';

describe('while Temporal refuses everything', () => {
  const ping = (id: string) => ({ body: structured({ id }).body, subject: 'evt.pings.pinged.v2.p-1' });

  /** A bridge whose Temporal refuses the events in `refused`, and has refused four of them in a row. */
  async function afterFourRefusals() {
    const four = ['1', '2', '3', '4'];
    const refused = new Set([...four, 'fifth']);
    let wait: (() => void) | undefined;
    const world = bridgeAmongFakes({
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
      await turn();
      await turn();
    };
    for (const id of four) await world.deliver(ping(id));
    return { ...world, refused, wake };
  }

  test('the fifth in a row is held instead of buried, and the bridge halts', async () => {
    const { bridge, deliver, letters, metrics, calls, log, stop, wake } = await afterFourRefusals();
    expect(letters).toHaveLength(4);
    expect(bridge.halted()).toBe(false);
    calls.length = 0;
    const held = deliver(ping('fifth'));
    await turn();
    expect(bridge.halted()).toBe(true);
    expect(letters).toHaveLength(4);
    expect(calls).toEqual([]);
    expect(metrics.holds).toEqual(['temporal-rejects-everything']);
    expect(log.lines.at(-1)?.message).toBe('event held: temporal-rejects-everything');
    stop.abort();
    await wake();
    await held;
  });

  test('it stays halted until an event is accepted; then the held one is tried and acknowledged', async () => {
    const { bridge, deliver, letters, metrics, refused, wake } = await afterFourRefusals();
    const held = deliver(ping('fifth'));
    await wake();
    expect(bridge.halted()).toBe(true);

    refused.delete('fifth');
    await wake();
    await held;
    expect(bridge.halted()).toBe(false);
    expect(letters).toHaveLength(4);
    expect(metrics.settlements.at(-1)).toMatchObject({ outcome: 'accepted' });
  });

  test('once another event has been accepted, one that is still refused is that event’s own fault', async () => {
    const { bridge, deliver, letters, wake } = await afterFourRefusals();
    const held = deliver(ping('fifth'));
    await turn();
    await deliver(ping('sound'));
    expect(bridge.halted()).toBe(false);
    await wake();
    await held;
    expect(letters.at(-1)?.rejection.reason).toBe('rejected-by-temporal');
    expect(letters).toHaveLength(5);
  });

  test('an acceptance in between begins the count anew', async () => {
    const { bridge, deliver, letters } = await afterFourRefusals();
    await deliver(ping('sound'));
    await deliver(ping('fifth'));
    expect(bridge.halted()).toBe(false);
    expect(letters).toHaveLength(5);
  });

  test('an outage in between does not', async () => {
    const four = [rejected, rejected, rejected, rejected];
    const { bridge, deliver, letters } = bridgeAmongFakes({
      script: { signalWithStart: [...four, unavailable, rejected] },
      onPause: (count, stop) => {
        if (count === 2) stop.abort();
      },
    });
    for (let count = 0; count <= four.length; count++) await deliver();
    expect(bridge.halted()).toBe(true);
    expect(letters).toHaveLength(4);
  });

  test('an event that is held for it is given back when we stop', async () => {
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
