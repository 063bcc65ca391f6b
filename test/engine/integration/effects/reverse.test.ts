// The compensation of a step at a provider: whatever it overtakes, in the end nothing of the step is left.
import { DefectError, RefusalError, StepCompensatedError } from '../../../../src/contracts';
import { performOnce, reverseOnce } from '../../../../src/effects';
import type { TestDatabase } from '../../../support/database';
import { createTestDatabase } from '../../../support/database';
import { AnswerLostError } from 'sagaline/testing';
import { createNotes, notesOf, providerStep, stateOf } from './provider-step';

const NO = new RefusalError('no-way', 'The provider said no.');

let db: TestDatabase;
let keys = 0;

beforeAll(async () => {
  db = await createTestDatabase();
  await createNotes(db.database);
});

afterAll(() => db.end());

function newStep() {
  keys += 1;
  const key = `key-${keys}`;
  const at = providerStep(key, 'made');
  return {
    ...at,
    perform: () => performOnce(db.database, at.step),
    reverse: () => reverseOnce(db.database, at.reversal),
    notes: () => notesOf(db.database, key),
    state: () => stateOf(db.database, key),
  };
}

test('a step that was done is reversed once, with its stored result and without asking', async () => {
  const { script, perform, reverse, asked, notes } = newStep();
  await perform();
  await reverse();
  await reverse();
  expect(asked()).toEqual(['call', 'reverse']);
  expect(script.calls.at(-1)?.input).toBe('made');
  expect(await notes()).toEqual(['done', 'compensated']);
  await expect(perform()).rejects.toBeInstanceOf(StepCompensatedError);
});

test('a step that was refused needs no reversal, and stays refused', async () => {
  const { script, perform, reverse, asked } = newStep();
  script.fail('call', NO);
  await expect(perform()).rejects.toBeInstanceOf(RefusalError);
  await reverse();
  expect(asked()).toEqual(['call']);
  await expect(perform()).rejects.toBeInstanceOf(RefusalError);
});

test('after a lost answer the compensation finds the effect and reverses it', async () => {
  const { script, perform, reverse, asked, notes } = newStep();
  script.loseAnswer('call');
  await expect(perform()).rejects.toBeInstanceOf(AnswerLostError);
  await reverse();
  expect(asked()).toEqual(['call', 'find', 'reverse']);
  expect(script.log).toEqual(['call', 'reverse']);
  expect(await notes()).toEqual(['compensated']);
});

test('an unknown outcome is made definite by claiming the key, then reversed', async () => {
  const { script, perform, reverse, asked, notes } = newStep();
  script.fail('call', new Error('killed'));
  await expect(perform()).rejects.toThrow('killed');
  await reverse();
  expect(asked()).toEqual(['call', 'find', 'claim', 'reverse']);
  expect(script.log).toEqual(['call', 'reverse']);
  expect(await notes()).toEqual(['compensated']);
});

test('a call that is still on its way arrives late, and changes nothing', async () => {
  const { script, perform, reverse, notes, state } = newStep();
  const hold = script.hold('call');
  const late = perform();
  await hold.reached;
  await reverse();
  expect(script.log).toEqual(['call', 'reverse']);
  hold.release();
  await expect(late).rejects.toBeInstanceOf(StepCompensatedError);
  expect(script.log).toEqual(['call', 'reverse']);
  expect(await notes()).toEqual(['compensated']);
  expect(await state()).toBe('compensated');
});

test('an answer that is still on its way comes too late to be written down', async () => {
  const { script, perform, reverse, asked, notes } = newStep();
  const hold = script.hold('call', 'after');
  const late = perform();
  await hold.reached;
  await reverse();
  hold.release();
  await expect(late).rejects.toBeInstanceOf(StepCompensatedError);
  expect(asked()).toEqual(['call', 'find', 'reverse']);
  expect(await notes()).toEqual(['compensated']);
});

test('from the moment that a compensation has begun, the step cannot complete, however the compensation fares', async () => {
  const { script, perform, reverse, notes, state } = newStep();
  const hold = script.hold('call', 'after');
  const late = perform();
  await hold.reached;
  script.fail('reverse', new Error('away'));
  await expect(reverse()).rejects.toThrow('away');
  expect(await state()).toBe('compensating');
  hold.release();
  await expect(late).rejects.toBeInstanceOf(StepCompensatedError);
  await expect(perform()).rejects.toBeInstanceOf(StepCompensatedError);
  await reverse();
  expect(await notes()).toEqual(['compensated']);
  expect(await state()).toBe('compensated');
});

test('a compensation that hears nothing is not done: it neither claims nor reverses', async () => {
  const { script, perform, reverse, asked, state } = newStep();
  script.loseAnswer('call');
  await expect(perform()).rejects.toBeInstanceOf(AnswerLostError);
  script.fail('find', new Error('away'));
  await expect(reverse()).rejects.toThrow('away');
  expect(asked()).toEqual(['call', 'find']);
  expect(await state()).toBe('compensating');
  await reverse();
  expect(script.log).toEqual(['call', 'reverse']);
});

test('a claim that is refused leaves nothing to reverse', async () => {
  const { script, perform, reverse, asked, notes, state } = newStep();
  script.fail('call', new Error('killed'));
  await expect(perform()).rejects.toThrow('killed');
  script.fail('claim', NO);
  await reverse();
  expect(asked()).toEqual(['call', 'find', 'claim']);
  expect(await notes()).toEqual([]);
  expect(await state()).toBe('compensated');
});

test('a claim that the provider does not take says that nothing was made: it is not repeated', async () => {
  const { script, perform, reverse, asked, state } = newStep();
  const wrong = new DefectError('provider-answer', 'no such field', { effect: 'none' });
  script.fail('call', wrong);
  await expect(perform()).rejects.toBe(wrong);
  expect(await state()).toBe('begun');
  script.fail('claim', wrong);
  await reverse();
  expect(asked()).toEqual(['call', 'find', 'claim']);
  expect(await state()).toBe('compensated');
});

test('a claim whose answer cannot be used may have made something: the compensation is not done', async () => {
  const { script, perform, reverse, state } = newStep();
  script.fail('call', new Error('killed'));
  await expect(perform()).rejects.toThrow('killed');
  script.fail('claim', new DefectError('provider-answer', 'half a payment'));
  await expect(reverse()).rejects.toThrow('half a payment');
  expect(await state()).toBe('compensating');
});

test('a step with a defect after its effect is found, and reversed', async () => {
  const { script, perform, reverse, state } = newStep();
  script.spoilAnswer('call', new DefectError('provider-answer', 'half a payment'));
  await expect(perform()).rejects.toThrow('half a payment');
  expect(await state()).toBe('begun');
  await reverse();
  expect(script.log).toEqual(['call', 'reverse']);
});

test('a refusal that comes after the compensation changes nothing', async () => {
  const { script, perform, reverse, state } = newStep();
  const hold = script.hold('call');
  const late = perform();
  await hold.reached;
  script.fail('claim', NO);
  await reverse();
  script.fail('call', NO);
  hold.release();
  await expect(late).rejects.toBeInstanceOf(StepCompensatedError);
  expect(await state()).toBe('compensated');
});

test('a reversal whose answer got lost is repeated until it is known', async () => {
  const { script, perform, reverse, asked, notes } = newStep();
  await perform();
  script.loseAnswer('reverse');
  await expect(reverse()).rejects.toBeInstanceOf(AnswerLostError);
  await reverse();
  expect(asked()).toEqual(['call', 'reverse', 'reverse']);
  expect(await notes()).toEqual(['done', 'compensated']);
});

test('compensations at the same time write one record', async () => {
  const { perform, reverse, notes } = newStep();
  await perform();
  await Promise.all(Array.from({ length: 5 }, reverse));
  expect(await notes()).toEqual(['done', 'compensated']);
});
