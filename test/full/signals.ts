/**
 * What Temporal takes no more: a batcher's event is held, a process's is a dead letter (test/engine/unit/bridge/dispatch). Here
 * that such a run is told apart from a bad request, on the server that says the same of both. `npm run test:full -- signals`, a minute.
 */
import assert from 'node:assert/strict';
import { createWorkflows } from '../../src/adapters/temporal';
import { onJournalStage } from '../support/journal/stage';
import { newKey } from '../support/ping/events';
import { tally, TALLY_POLICY } from '../support/ping/tally';
import { pingOf } from '../support/ping/tally-driver';

const SIGNALS_OF_A_RUN = 10_000;
const AT_ONCE = 100;

void onJournalStage(async ({ temporal: { client } }) => {
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
  const opening = await workflows.signalWithStart(target, oneMore);
  const reaching = await workflows.signal(target, oneMore);
  const bad = await workflows.signalWithStart({ ...target, workflowId: 'x'.repeat(2_000) }, oneMore);
  await handle.terminate();
  assert.deepEqual([opening, reaching], [full, full]);
  assert.equal(bad.kind, 'rejected');
  return { held: true, figures: { signals: SIGNALS_OF_A_RUN, opening, reaching, tooLongAnId: bad.kind } };
});
