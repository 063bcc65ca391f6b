import { setTimeout as sleep } from 'node:timers/promises';
import { DefectError, RefusalError, StepCompensatedError } from '../../../src/contracts';

/** Steps in our own database and at a provider, on either implementation of the table of effects. */
export interface EffectsUnderTest {
  doOnce<Result>(key: string, work: () => Result): Promise<Result>;
  compensateOnce(undoes: string, work: () => void): Promise<void>;
  performOnce<Result>(external: {
    readonly key: string;
    readonly find: () => Promise<Result | undefined>;
    readonly call: () => Promise<Result>;
    readonly record: () => void;
  }): Promise<Result>;
  reverseOnce<Result>(reversal: {
    readonly key: string;
    readonly find: () => Promise<Result | undefined>;
    readonly claim: () => Promise<Result>;
    readonly reverse: (result: Result) => Promise<void>;
    readonly record: () => void;
  }): Promise<void>;
}

/** The contract of every implementation that does steps once: the table in docs/architecture.md. */
export function effectsConformance(open: () => Promise<EffectsUnderTest>): void {
  let effects: EffectsUnderTest;
  let keys = 0;
  const newKey = () => `k-${process.pid}-${Date.now()}-${keys++}:step:0`;

  beforeAll(async () => {
    effects = await open();
  });

  /** A provider that remembers one key, with a log of its calls and of what was recorded. */
  function provider(key = newKey()) {
    const log: string[] = [];
    const made = new Set<string>();
    const note = (what: string) => () => void log.push(what);
    let failure: Error | undefined;
    const make = (what: string) => () => {
      log.push(what);
      if (failure) return Promise.reject(failure);
      made.add(key);
      return Promise.resolve('made');
    };
    const find = () => {
      log.push('find');
      return Promise.resolve(made.has(key) ? 'made' : undefined);
    };
    return {
      log,
      made,
      fails: (error: Error | undefined) => (failure = error),
      step: { key, find, call: make('call'), record: note('recorded') },
      reversal: {
        key,
        find,
        claim: make('claim'),
        reverse: (result: string) => {
          log.push(`reverse ${result}`);
          return Promise.resolve();
        },
        record: note('reversal recorded'),
      },
    };
  }

  test('a step is done once, and its refusal is stored', async () => {
    const [key, refused] = [newKey(), newKey()];
    let done = 0;
    const results = await Promise.all([1, 2, 3].map(() => effects.doOnce(key, () => ++done)));
    expect([results, done]).toEqual([[1, 1, 1], 1]);
    const refusing = () => {
      done += 1;
      throw new RefusalError('no', 'not today');
    };
    for (let n = 0; n < 2; n++)
      await expect(effects.doOnce(refused, refusing)).rejects.toMatchObject({
        type: 'no',
        message: 'not today',
      });
    expect(done).toBe(2);
    await effects.compensateOnce(refused, () => void (done += 100));
    expect(done).toBe(2);
  });

  test('compensated, before it was done or afterwards, a step is not done any more', async () => {
    const [never, once] = [newKey(), newKey()];
    let compensated = 0;
    await effects.compensateOnce(never, () => void (compensated += 1));
    await effects.doOnce(once, () => undefined);
    for (let n = 0; n < 2; n++) await effects.compensateOnce(once, () => void (compensated += 1));
    expect(compensated).toBe(1);
    for (const key of [never, once])
      await expect(effects.doOnce(key, () => undefined)).rejects.toBeInstanceOf(StepCompensatedError);
  });

  test('a provider is called once', async () => {
    const { step, log } = provider();
    expect([await effects.performOnce(step), await effects.performOnce(step)]).toEqual(['made', 'made']);
    expect(log).toEqual(['call', 'recorded']);
  });

  test('after an attempt whose answer got lost the provider is asked first', async () => {
    const { step, log, made, fails } = provider();
    fails(new Error('no answer'));
    await expect(effects.performOnce(step)).rejects.toThrow('no answer');
    made.add(step.key);
    expect(await effects.performOnce(step)).toBe('made');
    expect(log).toEqual(['call', 'find', 'recorded']);
  });

  test('a refusal of the provider is stored, and needs no compensation', async () => {
    const { step, reversal, log, fails } = provider();
    fails(new RefusalError('declined', 'no'));
    for (let n = 0; n < 2; n++)
      await expect(effects.performOnce(step)).rejects.toMatchObject({ type: 'declined' });
    await effects.reverseOnce(reversal);
    expect(log).toEqual(['call']);
  });

  test('what was done is reversed once, and not done again', async () => {
    const { step, reversal, log } = provider();
    await effects.performOnce(step);
    for (let n = 0; n < 2; n++) await effects.reverseOnce(reversal);
    expect(log).toEqual(['call', 'recorded', 'reverse made', 'reversal recorded']);
    await expect(effects.performOnce(step)).rejects.toBeInstanceOf(StepCompensatedError);
  });

  test('what nobody has begun is never begun once it was reversed', async () => {
    const { step, reversal, log } = provider();
    await effects.reverseOnce(reversal);
    await expect(effects.performOnce(step)).rejects.toBeInstanceOf(StepCompensatedError);
    expect(log).toEqual([]);
  });

  test('of a step whose outcome nobody knows the reversal finds out: it claims it, and reverses that', async () => {
    const { step, reversal, log, fails } = provider();
    fails(new Error('no answer'));
    await expect(effects.performOnce(step)).rejects.toThrow('no answer');
    fails(undefined);
    await effects.reverseOnce(reversal);
    expect(log).toEqual(['call', 'find', 'claim', 'reverse made', 'reversal recorded']);
  });

  test('a request that the provider does not take was never made: there is nothing to reverse', async () => {
    const { step, reversal, log, fails } = provider();
    fails(new DefectError('wrong', 'malformed', { effect: 'none' }));
    await expect(effects.performOnce(step)).rejects.toBeInstanceOf(DefectError);
    await effects.reverseOnce(reversal);
    expect(log).toEqual(['call', 'find', 'claim']);
    await expect(effects.performOnce(step)).rejects.toBeInstanceOf(StepCompensatedError);
  });

  test('an attempt that answers when its reversal has come has no effect that is written down', async () => {
    const { step, reversal, log, made } = provider();
    let answer: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const slow = effects.performOnce({
      ...step,
      call: async () => {
        made.add(step.key);
        await answered;
        return 'made';
      },
    });
    while (!made.has(step.key)) await sleep(1);
    await effects.reverseOnce(reversal);
    answer();
    await expect(slow).rejects.toBeInstanceOf(StepCompensatedError);
    expect(log).toEqual(['find', 'reverse made', 'reversal recorded']);
  });
}
