import { RefusalError, StepCompensatedError } from 'sagaline';
import { createFakeEffects, createScript } from 'sagaline/testing';
import { REFUSALS } from '../../domains/shop/names';
import { fakeReserveStock } from '../support/fakes/reserve-stock';

const step = { key: 'o-1:reserveStock:0', sku: 'book', quantity: 2 };
const compensate = { undoes: step };

test('stock is reserved once, and released by its compensation', async () => {
  const { activities, reserved } = fakeReserveStock(createFakeEffects(createScript<string>()));
  await activities.reserveStock(step);
  await activities.reserveStock(step);
  expect([...reserved]).toEqual([[step.key, 2]]);
  await activities.releaseStock(compensate);
  expect([...reserved]).toEqual([]);
});

test('what is compensated before it is done is never done', async () => {
  const { activities, reserved } = fakeReserveStock(createFakeEffects(createScript<string>()));
  await activities.releaseStock(compensate);
  await expect(activities.reserveStock(step)).rejects.toThrow(new StepCompensatedError(step.key).message);
  expect([...reserved]).toEqual([]);
});

test('a refusal is remembered: the repeat gets the same answer', async () => {
  const script = createScript<string>();
  const { activities } = fakeReserveStock(createFakeEffects(script));
  script.fail('reserveStock', new RefusalError(REFUSALS.outOfStock, 'there are none'));
  await expect(activities.reserveStock(step)).rejects.toThrow('there are none');
  await expect(activities.reserveStock(step)).rejects.toThrow('there are none');
});
