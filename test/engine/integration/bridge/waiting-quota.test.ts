// What Temporal counts as processes that wait for the event that begins them.
import { createPlainClient, createWorkflows, watchWaiting } from '../../../../src/adapters/temporal';
import type { DeliveringRoute } from '../../../../src/contracts';
import { route } from '../../../../src/contracts';
import { testTemporal } from '../../../support/bridge';
import { pingEvent } from '../../../support/fakes/bridge';
import { rememberingLog } from '../../../support/log';
import { ping, ponged } from '../../../support/ping/domain';
import { newKey } from '../../../support/ping/events';
import { prepared } from '../../../support/setup/handover';
import { until } from '../../../support/until';

/** Temporal's visibility has a change within a second or two. */
const VISIBLE_MS = 10_000;

test('open workflows of the process in the state of its early routes are counted, and no others', async () => {
  const temporal = testTemporal();
  const plain = createPlainClient({ address: prepared('servers').temporalAddress, namespace: 'default' });
  const name = `waits${newKey()}`;
  const workflow = { ...ping, name, taskQueue: 'nobody' };
  const early: DeliveringRoute = {
    name: 'early',
    ...route({ event: ponged, workflow, opens: true, waitsIn: 'awaiting-ping' }),
  };
  const open = async (initialState: string) => {
    const key = newKey();
    const workflowId = `${name}-${key}`;
    const target = { workflow: { ...workflow, initialState }, workflowId, key };
    await createWorkflows(plain).signalWithStart(target, { ...pingEvent, key });
    return temporal.workflow.getHandle(workflowId);
  };
  let counted: number | undefined;
  const log = rememberingLog();
  const watch = watchWaiting(plain, {
    ...{ routes: [early], log, everyMs: 100 },
    counted: (count) => (counted = count),
  });
  try {
    const [first] = await Promise.all([open('awaiting-ping'), open('awaiting-ping'), open('pinging')]);
    await until('two are counted', () => counted === 2, VISIBLE_MS);
    await first.terminate();
    await until('one is counted', () => counted === 1, VISIBLE_MS);
    expect(log.lines).toEqual([]);
  } finally {
    await watch.stop();
    await plain.connection.close();
    await temporal.connection.close();
  }
});
