import { StepUndoneError } from 'sagaline';
import { createScript, createFakeEffects } from 'sagaline/testing';
import { fakeReserveSeat } from '../support/fakes/reserve-seat';

const step = { key: 't-1:reserveSeat:0', id: 't-1' };
const undo = { undoes: step.key, id: step.id };

test('reserveSeat is done once, and undone by releaseSeat', async () => {
  const script = createScript<string>();
  const { activities, done } = fakeReserveSeat(createFakeEffects(script));
  await activities.reserveSeat(step);
  await activities.reserveSeat(step);
  expect([...done]).toEqual(['t-1']);
  await activities.releaseSeat(undo);
  expect([...done]).toEqual([]);
  expect(script.log).toEqual(['reserveSeat', 'releaseSeat']);
});

test('what is undone before it is done is never done', async () => {
  const { activities, done } = fakeReserveSeat(createFakeEffects(createScript<string>()));
  await activities.releaseSeat(undo);
  await expect(activities.reserveSeat(step)).rejects.toThrow(new StepUndoneError(step.key).message);
  expect([...done]).toEqual([]);
});
