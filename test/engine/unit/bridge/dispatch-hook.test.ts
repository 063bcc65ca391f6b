// The hook of a deployment around dispatch: it may veto, and may not lose, repeat or disturb anything.
import type { DispatchHook } from '../../../../src/bridge';
import { HOOK_CELLS } from '../../integration/delivery/cells';
import { answered, bridgeAmongFakes, rejected, unavailable } from '../../../support/fakes/bridge';
import { structured } from '../../../support/fakes/messages';

const ping = (key: string) => ({
  body: structured({ id: key, subject: key, correlationid: key, data: { pingId: key, urgency: 1 } }).body,
  subject: `evt.pings.pinged.v2.${key}`,
});
const withHook = (hook: DispatchHook, options: Parameters<typeof bridgeAmongFakes>[0] = {}) =>
  bridgeAmongFakes({ ...options, parts: { hook } });
const failsOn =
  (prefix: string): DispatchHook =>
  async ({ key }, _route, next) => {
    if (key.startsWith(prefix)) throw new Error('no such tenant');
    return next();
  };

/** What becomes of an event by a hook, in the words of docs/delivery.md. */
const AS_ON_THE_PAGE: Readonly<Record<(typeof HOOK_CELLS)[number][0], () => Promise<string>>> = {
  vetoes: async () => {
    const { deliver, deadLetters } = withHook(() => Promise.resolve({ kind: 'vetoed', detail: 'suspended' }));
    await deliver(ping('a'));
    return `dead letter \`${deadLetters[0]?.rejection.reason}\`, with its reason`;
  },
  'throws, or takes five seconds, on this event': async () => {
    const { deliver, deadLetters, metrics } = withHook(failsOn('sick'));
    await deliver(ping('sick'));
    return `held; dead letter \`${deadLetters[0]?.rejection.reason}\` after ${metrics.holds.length + 1} attempts`;
  },
  'throws on every event': async () => {
    let works = false;
    const { deliver, metrics } = withHook(
      async (_event, _route, next) => {
        if (!works) throw new Error('no such tenant');
        return next();
      },
      { onPause: (count) => void (works ||= count > 600) },
    );
    await Promise.all(Array.from({ length: 8 }, (_, index) => deliver(ping(`sick-${index}`))));
    const accepted = metrics.settlements.filter(({ outcome }) => outcome === 'accepted').length;
    return accepted === 4 ? 'held until the hook works' : `${accepted} were accepted`;
  },
  'vetoes or throws after `next()`': async () => {
    const { deliver, metrics } = withHook(async ({ key }, _route, next) => {
      await next();
      if (key === 'throws') throw new Error('too late');
      return { kind: 'vetoed', detail: 'too late' };
    });
    await deliver(ping('vetoes'));
    await deliver(ping('throws'));
    return metrics.settlements.every(({ outcome }) => outcome === 'accepted')
      ? 'as without a hook'
      : 'not so';
  },
};

test.each(HOOK_CELLS)('a hook that %s: %s', async (hook, outcome) => {
  expect(await AS_ON_THE_PAGE[hook]()).toBe(outcome);
});

test('it sees the event, its route, and what has become of the attempt', async () => {
  const seen: unknown[] = [];
  const { deliver, metrics } = withHook(async (event, route, next) => {
    const outcome = await next();
    seen.push(event.key, route, outcome);
    return outcome;
  });
  await deliver(ping('a'));
  expect(seen).toEqual([
    'a',
    { name: 'pinged', workflow: 'ping', workflowId: 'ping-a' },
    { kind: 'accepted' },
  ]);
  expect(metrics.settlements).toMatchObject([{ outcome: 'accepted' }]);
});

test('it is around each attempt', async () => {
  const seen: string[] = [];
  const { deliver } = withHook(
    async (_event, _route, next) => {
      const outcome = await next();
      seen.push(outcome.kind);
      return outcome;
    },
    { script: { signalWithStart: [unavailable, answered('accepted')] } },
  );
  await deliver(ping('a'));
  expect(seen).toEqual(['unavailable', 'accepted']);
});

test('a veto is the dead letter `vetoed` with its detail, and Temporal is not asked', async () => {
  const { deliver, deadLetters, calls } = withHook(() =>
    Promise.resolve({ kind: 'vetoed', detail: 'tenant 7 is suspended' }),
  );
  await deliver(ping('a'));
  expect(deadLetters).toMatchObject([
    { rejection: { reason: 'vetoed', detail: 'tenant 7 is suspended' }, route: 'pinged' },
  ]);
  expect(calls).toEqual(['dead letter', 'dead letter: confirmed', 'settle']);
});

describe('what Temporal has answered counts', () => {
  test.each<[string, DispatchHook]>([
    [
      'a veto after next()',
      async (_event, _route, next) => {
        await next();
        return { kind: 'vetoed', detail: 'too late' };
      },
    ],
    [
      'an error after next()',
      async (_event, _route, next) => {
        await next();
        throw new Error('the metrics are away');
      },
    ],
    [
      'a second next()',
      async (_event, _route, next) => {
        await next();
        return next();
      },
    ],
  ])('%s', async (_, hook) => {
    const { deliver, deadLetters, calls } = withHook(hook);
    await deliver(ping('a'));
    expect(deadLetters).toEqual([]);
    expect(calls).toEqual(['signalWithStart', 'signalWithStart: accepted', 'settle']);
  });

  test('a refusal by Temporal is no acceptance, whatever the hook returns', async () => {
    const { deliver, deadLetters } = withHook(
      async (_event, _route, next) => {
        await next();
        return { kind: 'accepted' };
      },
      { script: { signalWithStart: [rejected] } },
    );
    await deliver(ping('a'));
    expect(deadLetters).toMatchObject([{ rejection: { reason: 'rejected-by-temporal' } }]);
  });
});

describe('a hook that fails', () => {
  test('once: the event is held, named in the log, and tried again', async () => {
    let calls = 0;
    const { deliver, metrics, log, pauses } = withHook(async (_event, _route, next) => {
      if (++calls === 1) throw new Error('the tenants are away');
      return next();
    });
    await deliver(ping('a'));
    expect(metrics.holds).toEqual(['hook-failing']);
    expect(pauses).toHaveLength(1);
    expect(metrics.settlements).toMatchObject([{ outcome: 'accepted' }]);
    expect(log.lines).toMatchObject([
      { level: 'error', message: 'event held: hook-failing', fields: { workflowId: 'ping-a' } },
    ]);
  });

  test('on one event: it is a dead letter after sixty attempts, while others go on', async () => {
    const { deliver, deadLetters, pauses, metrics } = withHook(failsOn('sick'));
    const held = deliver(ping('sick'));
    await deliver(ping('sound'));
    expect(metrics.settlements).toMatchObject([{ outcome: 'accepted' }]);
    await held;
    expect(pauses).toHaveLength(59);
    expect(deadLetters).toMatchObject([
      { rejection: { reason: 'failed-in-hook', detail: '60 attempts: no such tenant' }, route: 'pinged' },
    ]);
  });

  test('on all events: they are held', async () => {
    const { deliver, deadLetters, log, metrics } = withHook(failsOn('sick'), {
      onPause: (count, stopping) => {
        if (count === 600) stopping.abort();
      },
    });
    await Promise.all(Array.from({ length: 8 }, (_, index) => deliver(ping(`sick-${index}`))));
    expect(deadLetters).toHaveLength(4);
    expect(metrics.settlements.filter(({ outcome }) => outcome === 'released')).toHaveLength(4);
    expect(log.lines.map(({ message }) => message)).toContain(
      'the dispatch hook fails on every event: events are held',
    );
  });

  test('by calling nothing and vetoing nothing', async () => {
    const { deliver, deadLetters } = withHook((() => Promise.resolve(undefined)) as unknown as DispatchHook);
    await deliver(ping('a'));
    expect(deadLetters[0]?.rejection.detail).toContain('neither called next() nor vetoed');
  });
});

test('a hook that hangs is given up, and cannot dispatch afterwards', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
  try {
    let wake: () => void = () => undefined;
    let late: Promise<unknown> | undefined;
    let attempts = 0;
    const { deliver, calls, metrics } = withHook(async (_event, _route, next) => {
      if (++attempts > 1) return next();
      await new Promise<void>((resolve) => (wake = resolve));
      late = next();
      return late as ReturnType<typeof next>;
    });
    const delivered = deliver(ping('a'));
    while (attempts === 0) await new Promise(setImmediate);
    await jest.advanceTimersByTimeAsync(5_001);
    await delivered;
    expect(metrics.holds).toEqual(['hook-failing']);
    wake();
    await new Promise(setImmediate);
    await expect(late).rejects.toThrow('the attempt is over');
    expect(calls.filter((call) => call === 'signalWithStart')).toHaveLength(1);
  } finally {
    jest.useRealTimers();
  }
});
