import { StepCompensatedError } from 'sagaline';
import { createScript, createFakeEffects } from 'sagaline/testing';
import { fakeReserveSeat } from '../support/fakes/reserve-seat';

const step = { key: 't-1:reserveSeat:0', id: 't-1' };
const compensate = { undoes: step };

test('reserveSeat is done once, and compensated by releaseSeat', async () => {
  const script = createScript<string>();
  const { activities, done } = fakeReserveSeat(createFakeEffects(script));
  await activities.reserveSeat(step);
  await activities.reserveSeat(step);
  expect([...done]).toEqual(['t-1']);
  await activities.releaseSeat(compensate);
  expect([...done]).toEqual([]);
  expect(script.log).toEqual(['reserveSeat', 'releaseSeat']);
});

test('what is compensated before it is done is never done', async () => {
  const { activities, done } = fakeReserveSeat(createFakeEffects(createScript<string>()));
  await activities.releaseSeat(compensate);
  await expect(activities.reserveSeat(step)).rejects.toThrow(new StepCompensatedError(step.key).message);
  expect([...done]).toEqual([]);
});
