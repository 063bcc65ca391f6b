// A run whose flush fails cannot be continued. What Temporal takes no more is held, not buried.
import type { Client } from '@temporalio/client';
import { createWorkflows } from '../../../src/adapters/temporal';
import { testTemporal } from '../../support/bridge';
import { newKey } from '../../support/ping/events';
import { tally, TALLY_POLICY } from '../../support/ping/tally';
import { pingOf } from '../../support/ping/tally-driver';

const SIGNALS_OF_A_RUN = 10_000;
const AT_ONCE = 100;

jest.setTimeout(240_000);

let client: Client;

beforeAll(() => {
  client = testTemporal();
});
afterAll(() => client.connection.close());

test('an event for an accumulator that has as many signals as Temporal takes is held', async () => {
  const key = newKey();
  // Nobody runs it.
  const workflow = { ...tally, taskQueue: newKey() };
  const target = { workflow, workflowId: `tally-${key}`, key, batch: TALLY_POLICY };
  const workflows = createWorkflows(client);
  await workflows.signalWithStart(target, pingOf(key, 'first'));
  const handle = client.workflow.getHandle(target.workflowId);
  for (let sent = 1; sent < SIGNALS_OF_A_RUN; sent += AT_ONCE) {
    const some = Math.min(AT_ONCE, SIGNALS_OF_A_RUN - sent);
    await Promise.all(Array.from({ length: some }, () => handle.signal('anything')));
  }
  expect(await workflows.signalWithStart(target, pingOf(key, 'one too many'))).toMatchObject({
    kind: 'unavailable',
    cause: { cause: { details: expect.stringContaining('signal') } },
  });
  // For a process it is a refusal: it would never take the event.
  const process = { ...target, workflow: { ...workflow, accumulates: false } as const };
  expect(await workflows.signalWithStart(process, pingOf(key, 'another'))).toMatchObject({
    kind: 'rejected',
  });
  await handle.terminate();
});
