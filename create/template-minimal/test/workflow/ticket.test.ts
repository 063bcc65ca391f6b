import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { RefusalError } from 'sagaline';
import { driveProcess, startSkippingServer } from 'sagaline/testing';
import { ticketRequested } from '../../domains/tickets/events';
import { routes } from '../../domains/tickets/routes';
import { ticket } from '../../domains/tickets/workflows';
import { withWorkers } from '../support/workers';
import type { World } from '../support/world';
import { createWorld } from '../support/world';

let env: TestWorkflowEnvironment;

beforeAll(async () => {
  env = await startSkippingServer();
});
afterAll(() => env.teardown());

async function run(world: World, key: string) {
  const driver = driveProcess(env.client, { process: ticket, routes, key });
  return withWorkers(env, world, async () => {
    await driver.send(ticketRequested, { ...ticketRequested.example, id: key });
    return driver.result();
  });
}

test('ticket is completed', async () => {
  const world = createWorld();
  expect(await run(world, 'ticket-good')).toMatchObject({ state: 'completed' });
  expect([...world.reserveSeat.done]).toEqual(['ticket-good']);
});

test('ticket is undone where its step is refused: there is nothing to undo', async () => {
  const world = createWorld();
  world.script.fail('reserveSeat', new RefusalError('not-possible', 'it is not possible'));
  expect(await run(world, 'ticket-refused')).toMatchObject({ state: 'undone' });
  expect(world.script.log).toEqual([]);
});
