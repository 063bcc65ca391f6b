// What Temporal takes no more: an accumulator's event is held, a process's is a dead letter (unit/bridge/dispatch).
import type { Client } from '@temporalio/client';
import { createTemporalClient, createWorkflows } from '../../../src/adapters/temporal';
import { newKey } from '../../support/ping/events';
import { tally, TALLY_POLICY } from '../../support/ping/tally';
import { pingOf } from '../../support/ping/tally-driver';
import { prepared } from '../../support/setup/handover';

const SIGNALS_OF_A_RUN = 10_000;
const AT_ONCE = 100;

jest.setTimeout(240_000);

let client: Client;

beforeAll(() => {
  // It tries again where Temporal says that the workflow is busy.
  client = createTemporalClient({ address: prepared('servers').temporalAddress, namespace: 'default' });
});
afterAll(() => client.connection.close());

test('a workflow that has as many signals as Temporal takes for one run is told apart from a bad request', async () => {
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
  const full = { kind: 'answered', value: 'full' };
  const oneMore = pingOf(key, 'one too many');
  expect(await workflows.signalWithStart(target, oneMore)).toEqual(full);
  expect(await workflows.signal(target, oneMore)).toEqual(full);
  expect(
    await workflows.signalWithStart({ ...target, workflowId: 'x'.repeat(2_000) }, oneMore),
  ).toMatchObject({
    kind: 'rejected',
  });
  await handle.terminate();
});
