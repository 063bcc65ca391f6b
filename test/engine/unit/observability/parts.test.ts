// A part of the snapshot without an answer says so, keeps what was known, and disturbs no other part.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Struggle } from '../../../../src/adapters/temporal';
import { watchPart } from '../../../../src/observability/part';
import { causeIn } from '../../../../src/contracts';
import { createPartitionsCheck } from '../../../../src/observability/partitions';
import { createGrowth, createRates } from '../../../../src/observability/rates';
import { createStreamsCheck } from '../../../../src/observability/streams';
import { groupsOf } from '../../../../src/observability/struggles';
import { until } from '../../../support/until';

const AT = new Date('2026-11-29T03:00:00Z');
const clock = () => AT;

test('a check that fails makes the part unknown, with the error and with the latest answer', async () => {
  let answer: () => Promise<number> = () => Promise.resolve(7);
  const part = watchPart(() => answer(), { everyMs: 1, withinMs: 1_000, clock });
  const at = AT.toISOString();
  expect(part.latest()).toEqual({ kind: 'unknown', at, error: 'not checked yet' });
  await until('the first answer', () => part.latest().kind === 'known');
  expect(part.latest()).toEqual({ kind: 'known', at, data: 7 });
  answer = () => Promise.reject(new Error('no route to host'));
  await until('it is unknown', () => part.latest().kind === 'unknown');
  await sleep(10);
  expect(part.latest()).toEqual({ kind: 'unknown', at, error: 'no route to host', last: { at, data: 7 } });
  answer = () => Promise.resolve(8);
  await until('it is known again', () => part.latest().kind === 'known');
  await part.stop();
});

test('a check without an end makes the part unknown, is told to end, and does not keep a stop waiting', async () => {
  let told = false;
  const part = watchPart(
    (signal) => {
      signal.addEventListener('abort', () => (told = true));
      return new Promise<never>(() => undefined);
    },
    { everyMs: 1, withinMs: 20, clock },
  );
  await until('it is too late', () => {
    const latest = part.latest();
    return latest.kind === 'unknown' && latest.error === 'no answer within 0.02 s';
  });
  expect(told).toBe(true);
  await part.stop();
});

test('a rate is the change each second since the check before; a counter that was created again has none', () => {
  let ms = 0;
  const rates = createRates(() => ms);
  expect(rates.of('a', 10)).toBeUndefined();
  ms = 2_000;
  expect([rates.of('a', 30), rates.of('b', 5)]).toEqual([10, undefined]);
  ms = 3_000;
  expect(rates.of('a', 3)).toBeUndefined();
});

test('the days that a stream has left follow from its growth within the last hour', async () => {
  let ms = 0;
  let bytes = 0;
  const check = createStreamsCheck({
    read: () =>
      Promise.resolve([
        { stream: 'EVENTS', bytes, maxBytes: 1_000_000, messages: 1, maxMessages: -1, lastSequence: 1 },
      ]),
    rates: createRates(() => ms),
    growth: createGrowth(() => ms),
  });
  expect((await check())[0]).not.toHaveProperty('daysLeft');
  [ms, bytes] = [100_000, 136_000];
  expect((await check())[0]).toMatchObject({
    ...{ growthBytesPerSecond: 1_360, share: 0.136, level: 'room' },
    daysLeft: 864_000 / 1_360 / 86_400,
  });
  // After two hours of silence the burst is not a growth any more.
  ms += 2 * 3_600_000;
  await check();
  ms += 100_000;
  const [quiet] = await check();
  expect(quiet).toMatchObject({ growthBytesPerSecond: 0 });
  expect(quiet).not.toHaveProperty('daysLeft');
});

const struggle = (
  workflowId: string,
  minutes: number,
  lastFailure: string,
  more: Partial<Struggle> = {},
) => ({
  saga: {
    ...{ workflowId, runId: `run of ${workflowId}`, workflow: 'order', key: workflowId },
    ...{ state: 'placing', status: 'RUNNING', startedAt: AT },
  },
  ...{ step: 'voidPayment', attempts: minutes, lastFailure },
  since: new Date(AT.getTime() - minutes * 60_000),
  ...more,
});

test('failures that differ in ids only are one cause, and status codes tell causes apart', () => {
  const groups = groupsOf(
    [
      struggle('o-1', 3, 'HTTP 503 for payment pay_1a2b3c'),
      struggle('o-2', 9, 'HTTP 503 for payment pay_9x8y7z', { nextRetry: AT }),
      struggle('o-3', 1, 'HTTP 401 for payment pay_5x5y5z'),
    ],
    AT,
  );
  expect(groups).toMatchObject([
    {
      ...{ cause: 'HTTP 503 for payment …', count: 2, mostAttempts: 9, sinceSeconds: 540 },
      ...{ nextAttemptAt: AT.toISOString(), states: { placing: 2 } },
      samples: [{ workflowId: 'o-2' }, { workflowId: 'o-1' }],
    },
    { cause: 'HTTP 401 for payment …', count: 1 },
  ]);
});

test('a hostile failure becomes one short line, soon', () => {
  const cause = causeIn(`${'a'.repeat(1_000_000)}\u001b[2J`);
  expect(cause).toHaveLength(300);
  expect(causeIn('two\nlines \u202e')).toBe('two\\nlines \\…');
});

test('a group without consumers is there, and nobody attends to it', async () => {
  const check = createPartitionsCheck({
    groups: [{ group: 'bridge', kind: 'bridge' }],
    read: () => Promise.resolve([]),
    rates: createRates(() => 0),
    clock,
  });
  const [bridge] = await check();
  expect(bridge).toMatchObject({ group: 'bridge', lag: 0, oldestSeconds: 0, attended: 0, partitions: [] });
});
