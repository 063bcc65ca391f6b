import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { RefusalError } from 'sagaline';
import { driveProcess, startSkippingServer } from 'sagaline/testing';
import { ticketRequested } from '../../domains/tickets/events';
import { routes } from '../../domains/tickets/routes';
import { ticket } from '../../domains/tickets/workflows';
import { withWorkers } from '../support/workers';
import type { Fixture } from '../support/fixture';
import { createFixture } from '../support/fixture';

let env: TestWorkflowEnvironment;

beforeAll(async () => {
  env = await startSkippingServer();
});
afterAll(() => env.teardown());

async function run(fixture: Fixture, key: string) {
  const driver = driveProcess(env.client, { process: ticket, routes, key });
  return withWorkers(env, fixture, async () => {
    await driver.send(ticketRequested, { ...ticketRequested.example, id: key });
    return driver.result();
  });
}

test('ticket is completed', async () => {
  const fixture = createFixture();
  expect(await run(fixture, 'ticket-good')).toMatchObject({ state: 'completed' });
  expect([...fixture.reserveSeat.done]).toEqual(['ticket-good']);
});

test('ticket is compensated where its step is refused: there is nothing to compensate', async () => {
  const fixture = createFixture();
  fixture.script.fail('reserveSeat', new RefusalError('not-possible', 'it is not possible'));
  expect(await run(fixture, 'ticket-refused')).toMatchObject({ state: 'compensated' });
  expect(fixture.script.log).toEqual([]);
});
