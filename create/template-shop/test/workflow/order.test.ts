import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { RefusalError } from 'sagaline';
import type { ProcessDriver } from 'sagaline/testing';
import { driveProcess, startSkippingServer } from 'sagaline/testing';
import { orderCancelled, orderSubmitted } from '../../domains/shop/events';
import { REFUSALS } from '../../domains/shop/names';
import { routes } from '../../domains/shop/routes';
import { order } from '../../domains/shop/workflows';
import { withWorkers } from '../support/workers';
import type { World } from '../support/world';
import { createWorld } from '../support/world';

let env: TestWorkflowEnvironment;

beforeAll(async () => {
  env = await startSkippingServer();
});
afterAll(() => env.teardown());

async function run(world: World, key: string, more?: (driver: ProcessDriver) => Promise<unknown>) {
  const driver = driveProcess(env.client, { process: order, routes, key });
  return withWorkers(env, world, async () => {
    await driver.send(orderSubmitted, { ...orderSubmitted.example, orderId: key });
    await more?.(driver);
    return driver.result();
  });
}

test('an order is reserved, paid for and confirmed', async () => {
  const world = createWorld();
  expect(await run(world, 'good')).toMatchObject({ state: 'confirmed' });
  expect(world.script.log).toEqual(['reserveStock', 'authorizePayment', 'confirmOrder']);
});

test('an order that is cancelled in time releases its stock, and is not paid for', async () => {
  const world = createWorld();
  const cancel = (driver: ProcessDriver) => driver.send(orderCancelled, { orderId: driver.key });
  expect(await run(world, 'cancelled', cancel)).toMatchObject({ state: 'cancelled' });
  expect(world.script.log).toEqual(['reserveStock', 'releaseStock']);
});

test('a declined card releases the stock', async () => {
  const world = createWorld();
  world.script.fail('authorizePayment', new RefusalError(REFUSALS.cardDeclined, 'it is declined'));
  expect(await run(world, 'declined')).toMatchObject({ state: 'undone' });
  expect(world.script.log).toEqual(['reserveStock', 'releaseStock']);
});

test('an order of what is sold out has nothing to undo', async () => {
  const world = createWorld();
  world.script.fail('reserveStock', new RefusalError(REFUSALS.outOfStock, 'there are none'));
  expect(await run(world, 'sold-out')).toMatchObject({ state: 'undone' });
  expect(world.script.log).toEqual([]);
});
