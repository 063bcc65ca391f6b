import type { Pause } from '../../../../src/switches';
import { followPauses } from '../../../../src/switches';
import { rememberingLog } from '../../../support/log';
import { until } from '../../../support/until';

const pause = (changes: Partial<Pause> = {}): Pause => ({
  ...{ kind: 'provider', name: 'carrier', by: 'ada', why: 'they ask for it' },
  ...{ since: '2026-01-01T12:00:00.000Z', until: '2026-01-01T13:00:00.000Z' },
  ...changes,
});
const IN_WORDS = 'paused by ada until 2026-01-01T13:00:00.000Z: they ask for it';

/** A process that follows a store which the test changes. */
function following() {
  const log = rememberingLog();
  let answer: () => Promise<readonly Pause[]> = () => new Promise(() => undefined);
  let reads = 0;
  let now = '2026-01-01T12:30:00Z';
  const start = () =>
    followPauses({
      ...{ kind: 'provider', log, everyMs: 1, clock: () => new Date(now) },
      read: () => {
        reads++;
        return answer();
      },
    });
  return {
    log,
    start,
    answers: (pauses: readonly Pause[]) => (answer = () => Promise.resolve(pauses)),
    fails: () => (answer = () => Promise.reject(new Error('away'))),
    at: (time: string) => (now = time),
    /** Resolves when answers from now on have been heard. */
    read: async () => {
      const before = reads;
      await until('two more reads', () => reads > before + 1);
    },
  };
}

test('before the first answer nothing may be done, and the process says why', () => {
  const pauses = following().start();
  expect(pauses.isKnown()).toBe(false);
  expect(pauses.heldBecause('carrier')).toBe('held: it is not known yet whether it is paused');
  pauses.stop();
});

test('what is paused is held with who, why and until when; everything else goes on', async () => {
  const { start, answers, read, log } = following();
  answers([pause()]);
  const pauses = start();
  await read();
  expect([pauses.heldBecause('carrier'), pauses.heldBecause('bank')]).toEqual([IN_WORDS, undefined]);
  expect(pauses.degraded()).toEqual({ 'paused-provider-carrier': `${IN_WORDS}: switches.md` });
  answers([]);
  await read();
  expect(pauses.heldBecause('carrier')).toBeUndefined();
  expect(pauses.degraded()).toEqual({});
  pauses.stop();
  expect(log.lines.map(({ message }) => message)).toEqual(['the provider is paused', 'the provider goes on']);
});

test('a pause ends by itself when its time is over, also while the store does not answer', async () => {
  const { start, answers, fails, read, at } = following();
  answers([pause()]);
  const pauses = start();
  await read();
  fails();
  await read();
  expect(pauses.heldBecause('carrier')).toBe(IN_WORDS);
  at('2026-01-01T13:00:00Z');
  expect(pauses.heldBecause('carrier')).toBeUndefined();
  pauses.stop();
});

test('while the store does not answer, what was read last counts, and the log says so once', async () => {
  const { start, answers, fails, read, log } = following();
  answers([pause()]);
  const pauses = start();
  await read();
  fails();
  await read();
  await read();
  expect(pauses.heldBecause('carrier')).toBe(IN_WORDS);
  answers([]);
  await read();
  expect(pauses.heldBecause('carrier')).toBeUndefined();
  pauses.stop();
  expect(log.lines.filter(({ message }) => message.includes('cannot be read'))).toHaveLength(1);
});
