import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { RefusalError } from 'sagaline';
import type { ProcessDriver } from 'sagaline/testing';
import { driveProcess, startSkippingServer } from 'sagaline/testing';
import { orderCancelled, orderSubmitted } from '../../domains/shop/events';
import { REFUSALS } from '../../domains/shop/names';
import { routes } from '../../domains/shop/routes';
import { order } from '../../domains/shop/workflows';
import { withWorkers } from '../support/workers';
import type { Fixture } from '../support/fixture';
import { createFixture } from '../support/fixture';

let env: TestWorkflowEnvironment;

beforeAll(async () => {
  env = await startSkippingServer();
});
afterAll(() => env.teardown());

async function run(fixture: Fixture, key: string, more?: (driver: ProcessDriver) => Promise<unknown>) {
  const driver = driveProcess(env.client, { process: order, routes, key });
  return withWorkers(env, fixture, async () => {
    await driver.send(orderSubmitted, { ...orderSubmitted.example, orderId: key });
    await more?.(driver);
    return driver.result();
  });
}

test('an order is reserved, paid for and confirmed', async () => {
  const fixture = createFixture();
  expect(await run(fixture, 'good')).toMatchObject({ state: 'confirmed' });
  expect(fixture.script.log).toEqual(['reserveStock', 'authorizePayment', 'confirmOrder']);
});

test('an order that is cancelled in time releases its stock, and is not paid for', async () => {
  const fixture = createFixture();
  const cancel = (driver: ProcessDriver) => driver.send(orderCancelled, { orderId: driver.key });
  expect(await run(fixture, 'cancelled', cancel)).toMatchObject({ state: 'cancelled' });
  expect(fixture.script.log).toEqual(['reserveStock', 'releaseStock']);
});

test('a declined card releases the stock', async () => {
  const fixture = createFixture();
  fixture.script.fail('authorizePayment', new RefusalError(REFUSALS.cardDeclined, 'it is declined'));
  expect(await run(fixture, 'declined')).toMatchObject({ state: 'compensated' });
  expect(fixture.script.log).toEqual(['reserveStock', 'releaseStock']);
});

test('an order of what is sold out has nothing to compensate', async () => {
  const fixture = createFixture();
  fixture.script.fail('reserveStock', new RefusalError(REFUSALS.outOfStock, 'there are none'));
  expect(await run(fixture, 'sold-out')).toMatchObject({ state: 'compensated' });
  expect(fixture.script.log).toEqual([]);
});
