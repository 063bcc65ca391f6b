// A step at a provider is done once, whatever gets lost on the way.
import { RefusalError, StepCompensatedError } from '../../../../src/contracts';
import { performOnce, reverseOnce } from '../../../../src/effects';
import type { TestDatabase } from '../../../support/database';
import { createTestDatabase } from '../../../support/database';
import { AnswerLostError } from 'sagaline/testing';
import { createNotes, notesOf, providerStep, stateOf } from './provider-step';

const NO = new RefusalError('no-way', 'The provider said no.');
const SAID_NO = expect.objectContaining({ name: 'RefusalError', type: 'no-way', message: NO.message });

let db: TestDatabase;
let keys = 0;

beforeAll(async () => {
  db = await createTestDatabase();
  await createNotes(db.database);
});

afterAll(() => db.end());

function newStep<Result extends string | null = string>(answer: Result = 'made' as Result) {
  keys += 1;
  const key = `key-${keys}`;
  const at = providerStep(key, answer);
  return {
    ...at,
    perform: () => performOnce(db.database, at.step),
    reverse: () => reverseOnce(db.database, at.reversal),
    notes: () => notesOf(db.database, key),
    state: () => stateOf(db.database, key),
  };
}

test('the first attempt calls without asking, and a repeat does neither', async () => {
  const { perform, asked, notes } = newStep();
  expect(await perform()).toBe('made');
  expect(await perform()).toBe('made');
  expect(asked()).toEqual(['call']);
  expect(await notes()).toEqual(['done']);
});

test('the intent is on record before the call', async () => {
  const { script, perform, state } = newStep();
  const hold = script.hold('call');
  const attempt = perform();
  await hold.reached;
  expect(await state()).toBe('begun');
  hold.release();
  await attempt;
  expect(await state()).toBe('done');
});

test('an attempt after a lost answer asks, and does not call again', async () => {
  const { script, perform, asked, notes } = newStep();
  script.loseAnswer('call');
  await expect(perform()).rejects.toBeInstanceOf(AnswerLostError);
  expect(await notes()).toEqual([]);
  expect(await perform()).toBe('made');
  expect(asked()).toEqual(['call', 'find']);
  expect(await notes()).toEqual(['done']);
});

test('a step without a result of its own asks as well before it repeats', async () => {
  const { script, perform, asked, notes } = newStep(null);
  script.loseAnswer('call');
  await expect(perform()).rejects.toBeInstanceOf(AnswerLostError);
  expect(await perform()).toBeNull();
  expect(await perform()).toBeNull();
  expect(asked()).toEqual(['call', 'find']);
  expect(await notes()).toEqual(['done']);
});

test('an attempt after a crash between intent and call asks, hears of nothing, and calls', async () => {
  const { script, perform, asked } = newStep();
  script.fail('call', new Error('killed'));
  await expect(perform()).rejects.toThrow('killed');
  expect(await perform()).toBe('made');
  expect(asked()).toEqual(['call', 'find', 'call']);
  expect(script.log).toEqual(['call']);
});

test('an attempt that hears nothing does not call', async () => {
  const { script, perform, asked } = newStep();
  script.loseAnswer('call');
  script.fail('find', new Error('away'), 2);
  for (let attempt = 0; attempt < 3; attempt++) await expect(perform()).rejects.toThrow();
  expect(await perform()).toBe('made');
  expect(asked()).toEqual(['call', 'find', 'find', 'find']);
});

test('an attempt that never comes back does not keep the next one out', async () => {
  const { script, perform, asked, notes } = newStep();
  const hold = script.hold('call');
  const lost = perform();
  await hold.reached;
  expect(await perform()).toBe('made');
  hold.release();
  expect(await lost).toBe('made');
  expect(asked()).toEqual(['call', 'find', 'call']);
  expect(script.log).toEqual(['call']);
  expect(await notes()).toEqual(['done']);
});

test('attempts at the same time have one effect and one record', async () => {
  const { script, perform, notes } = newStep();
  const answers = await Promise.all(Array.from({ length: 10 }, perform));
  expect(new Set(answers)).toEqual(new Set(['made']));
  expect(script.log).toEqual(['call']);
  expect(await notes()).toEqual(['done']);
});

test('a refusal is stored and repeated without another call, and nothing is written down', async () => {
  const { script, perform, asked, notes } = newStep();
  script.fail('call', NO);
  await expect(perform()).rejects.toEqual(SAID_NO);
  await expect(perform()).rejects.toEqual(SAID_NO);
  expect(asked()).toEqual(['call']);
  expect(await notes()).toEqual([]);
});

test('a refusal that is found when asking counts as well', async () => {
  const { step, script, asked, state } = newStep();
  script.loseAnswer('call');
  const refusing = { ...step, find: () => Promise.reject(NO) };
  await expect(performOnce(db.database, refusing)).rejects.toBeInstanceOf(AnswerLostError);
  await expect(performOnce(db.database, refusing)).rejects.toEqual(SAID_NO);
  await expect(performOnce(db.database, refusing)).rejects.toEqual(SAID_NO);
  expect(asked()).toEqual(['call']);
  expect(await state()).toBe('refused');
});

test('where the record cannot be written the step is not done; the next attempt asks and writes it', async () => {
  const { step, perform, asked, notes, state } = newStep();
  const record = () => Promise.reject(new Error('disk full'));
  await expect(performOnce(db.database, { ...step, record })).rejects.toThrow('disk full');
  expect(await state()).toBe('begun');
  expect(await perform()).toBe('made');
  expect(asked()).toEqual(['call', 'find']);
  expect(await notes()).toEqual(['done']);
});

test('a step that was compensated first makes no call any more', async () => {
  const { perform, reverse, asked } = newStep();
  await reverse();
  await expect(perform()).rejects.toBeInstanceOf(StepCompensatedError);
  await expect(perform()).rejects.toBeInstanceOf(StepCompensatedError);
  expect(asked()).toEqual([]);
});
