// The fake table of effects keeps the promises of the one in PostgreSQL.
import { RefusalError } from '../../../../src/contracts';
import type { FakeEffects, OccurrenceStep } from '../../../../src/testing';
import {
  AnswerLostError,
  createFakeEffects,
  createFakeOccurrences,
  createScript,
} from '../../../../src/testing';
import { effectsConformance } from '../../../support/conformance/effects';
import { occurrencesConformance } from '../../../support/conformance/occurrences';

type Step = 'do' | 'compensate';

const conforming = (effects: FakeEffects<Step>): Parameters<typeof effectsConformance>[0] => {
  return () =>
    Promise.resolve({
      doOnce: (key, work) => effects.doOnce('do', key, {}, work),
      compensateOnce: (undoes, work) => effects.compensateOnce('compensate', undoes, {}, work),
      performOnce: (external) => effects.performOnce('do', {}, external),
      reverseOnce: (reversal) => effects.reverseOnce('compensate', {}, reversal),
    });
};

effectsConformance(conforming(createFakeEffects(createScript<Step>())));

test('the script comes before the provider, and behind it', async () => {
  const script = createScript<Step>();
  const effects = createFakeEffects(script);
  const made: string[] = [];
  const step = (key: string) => ({
    key,
    find: () => Promise.resolve(made.find((known) => known === key)),
    call: () => {
      made.push(key);
      return Promise.resolve(key);
    },
  });
  script.fail('do', new Error('away'));
  await expect(effects.performOnce('do', {}, step('a'))).rejects.toThrow('away');
  script.loseAnswer('do');
  await expect(effects.performOnce('do', {}, step('a'))).rejects.toBeInstanceOf(AnswerLostError);
  expect(await effects.performOnce('do', {}, step('a'))).toBe('a');
  script.fail('do', new RefusalError('no', 'no'));
  await expect(effects.performOnce('do', {}, step('b'))).rejects.toMatchObject({ type: 'no' });
  expect([made, script.effects, script.calls.length]).toEqual([['a'], ['do a'], 4]);
  expect(effects.find('b')).toEqual({ state: 'refused', type: 'no', message: 'no' });
});

describe('the fake occurrences', () =>
  occurrencesConformance(() => Promise.resolve(createFakeOccurrences(createScript<OccurrenceStep>()))));
