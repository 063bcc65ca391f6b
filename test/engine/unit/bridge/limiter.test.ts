import { setImmediate as turn } from 'node:timers/promises';
import type { ConcurrencyLimiter } from '../../../../src/bridge/limiter';
import { createLimiter } from '../../../../src/bridge/limiter';
import { rememberingLog } from '../../../support/log';

/** A limiter with a clock that the test moves, and attempts that the test ends. */
function limiterUnderTest(most: number) {
  const log = rememberingLog();
  let time = 0;
  const limiter = createLimiter({ most, now: () => time, log });
  const running: string[] = [];
  const attempt = (name: string, { alone = false } = {}) => {
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const result = (async () => {
      const leave = await (alone ? limiter.enterAlone() : limiter.enter());
      running.push(name);
      await ended;
      running.splice(running.indexOf(name), 1);
      leave();
      return name;
    })();
    const finish = async () => {
      end();
      await settle();
    };
    return { result, end: finish };
  };
  return { limiter, attempt, running, log, wait: (ms: number) => void (time += ms) };
}

/** As the bridge decodes: whatever the limit is, but not beside an attempt that is to be alone. */
async function whenNothingIsAlone(limiter: ConcurrencyLimiter, work: () => void): Promise<void> {
  while (limiter.alone()) await limiter.alone();
  work();
}

/** Lets everything happen that can happen by itself. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 5; turns++) await turn();
}

describe('the limit', () => {
  test('holds; attempts run in the order of the calls', async () => {
    const { attempt, running } = limiterUnderTest(2);
    const [one, , three] = [attempt('1'), attempt('2'), attempt('3'), attempt('4')];
    await settle();
    expect(running).toEqual(['1', '2']);
    await one.end();
    expect(running).toEqual(['2', '3']);
    await three.end();
    expect(running).toEqual(['2', '4']);
    expect(await one.result).toBe('1');
  });

  test('is halved by a cut, once a second, and never below one', () => {
    const { limiter, wait, log } = limiterUnderTest(64);
    limiter.cut('Temporal is overloaded', new Error('too many'));
    limiter.cut('Temporal is overloaded', new Error('too many'));
    expect(limiter.limit()).toBe(32);
    for (let cuts = 0; cuts < 10; cuts++) {
      wait(1_000);
      limiter.cut('Temporal is overloaded');
    }
    expect(limiter.limit()).toBe(1);
    expect(log.lines[0]).toMatchObject({ level: 'warn', fields: { limit: 32 } });
    expect(log.lines[0]?.message).toBe('Temporal is overloaded: fewer events at once');
  });

  test('grows by one after as many successes as are allowed at once', () => {
    const { limiter, wait } = limiterUnderTest(8);
    const succeed = (times: number) => {
      for (let count = 0; count < times; count++) limiter.succeeded();
    };
    limiter.cut('');
    expect(limiter.limit()).toBe(4);
    succeed(3);
    expect(limiter.limit()).toBe(4);
    succeed(1);
    expect(limiter.limit()).toBe(5);
    succeed(100);
    expect(limiter.limit()).toBe(8);
    wait(1_000);
    limiter.cut('');
    succeed(3);
    wait(1_000);
    limiter.cut('');
    succeed(1);
    expect(limiter.limit()).toBe(2);
    succeed(1);
    expect(limiter.limit()).toBe(3);
  });

  test('that was cut lets no attempt begin until enough have ended', async () => {
    const { limiter, attempt, running } = limiterUnderTest(4);
    const first = ['1', '2', '3', '4'].map((name) => attempt(name));
    void attempt('5');
    limiter.cut('');
    await first[0]?.end();
    await first[1]?.end();
    expect(running).toEqual(['3', '4']);
    await first[2]?.end();
    expect(running).toEqual(['4', '5']);
  });

  test('that grows lets the next attempt begin, although none has ended', async () => {
    const { limiter, attempt, running } = limiterUnderTest(4);
    limiter.cut('');
    for (const name of ['1', '2', '3']) void attempt(name);
    await settle();
    expect(running).toEqual(['1', '2']);
    limiter.succeeded();
    limiter.succeeded();
    await settle();
    expect(running).toEqual(['1', '2', '3']);
  });
});

describe('an attempt that runs alone', () => {
  test('waits for what runs, not for what is queued, and all others wait for it', async () => {
    const { limiter, attempt, running } = limiterUnderTest(1);
    const before = attempt('before');
    void attempt('queued');
    const alone = attempt('alone', { alone: true });
    await settle();
    expect(running).toEqual(['before']);
    await before.end();
    expect(running).toEqual(['alone']);
    const unlimited = whenNothingIsAlone(limiter, () => void running.push('unlimited'));
    await settle();
    expect(running).toEqual(['alone']);
    await alone.end();
    await unlimited;
    expect([...running].sort()).toEqual(['queued', 'unlimited']);
  });

  test('is not beside another one of its kind', async () => {
    const { attempt, running } = limiterUnderTest(64);
    const one = attempt('one', { alone: true });
    void attempt('other', { alone: true });
    await settle();
    expect(running).toEqual(['one']);
    await one.end();
    expect(running).toEqual(['other']);
  });

  test('begins at the very moment at which it is let in', async () => {
    const { limiter, attempt, running } = limiterUnderTest(64);
    void attempt('alone', { alone: true });
    void attempt('behind');
    void whenNothingIsAlone(limiter, () => void running.push('unlimited'));
    await settle();
    expect(running).toEqual(['alone']);
  });
});

test('nothing is alone while attempts run and others wait for room', async () => {
  const { limiter, attempt } = limiterUnderTest(1);
  void attempt('running');
  void attempt('queued');
  await settle();
  expect(limiter.alone()).toBeUndefined();
});
