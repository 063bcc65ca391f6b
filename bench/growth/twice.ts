import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { createSingleAttemptClient } from '../../src/adapters/temporal';
import { workflowIdOf } from '../../src/contracts';
import { order } from '../../domains/shop/workflows';
import { temporalSettings } from '../../src/runtime/settings';
import { orderIdsOf } from '../bridge/events';
import { EVENTS_OF_AN_ORDER } from '../bridge/names';
import type { OwnSide } from '../bridge/own-side';
import { ownSide } from '../bridge/own-side';
import { figure } from '../figures';
import type { Part } from '../part';
import { inTestbed } from '../testbed';
import type { order as countingOrder } from './counting';

const LOOK_MS = 10;
/** The events in flight of a killed bridge come again after four seconds; then each workflow has what it waits for. */
const ENDS_WITHIN_MS = 120_000;

/** The same kill on Temporal, with workflows that record what they apply. */
export const twice: Part = {
  name: 'twice',
  about: 'SIGKILL of the bridge on Temporal: what the workflows have applied, counted by themselves',
  run: ({ quick, say }) =>
    inTestbed({ processes: ['bridge', 'bench:counting'] }, async (testbed) => {
      const events = quick ? 300 : 3_000;
      const bridge = await ownSide(testbed);
      const client = createSingleAttemptClient(temporalSettings(testbed.config, {}));
      try {
        await bridge.publish('twice', events);
        while ((await bridge.unsettled()) > events / 2) await sleep(LOOK_MS);
        process.kill(testbed.pid('bridge'), 'SIGKILL');
        // After this every order's workflow has been opened.
        await drained(bridge);
        const applied = await appliedBy(client, orderIdsOf('twice', events));
        const distinct = applied.reduce((sum, ids) => sum + new Set(ids).size, 0);
        const all = applied.reduce((sum, ids) => sum + ids.length, 0);
        say(`${events} events, ${all} applied by ${applied.length} workflows`);
        return [
          figure('recovery: on Temporal, events lost', '', [events - distinct], { atMost: 0 }),
          figure('recovery: on Temporal, events applied twice', '', [all - distinct], { atMost: 0 }),
        ];
      } finally {
        await bridge.close();
        await client.connection.close();
      }
    }),
};

async function drained(bridge: OwnSide): Promise<void> {
  const until = performance.now() + ENDS_WITHIN_MS;
  while ((await bridge.unsettled()) > 0) {
    if (performance.now() > until)
      throw new Error('the bridge that came after the killed one does not get on');
    await sleep(LOOK_MS);
  }
}

/** Identities of the events that each order has applied. */
async function appliedBy(client: Client, orderIds: readonly string[]): Promise<string[][]> {
  const late = sleep(ENDS_WITHIN_MS, undefined, { ref: false }).then(() => {
    throw new Error(`not every order has had its ${EVENTS_OF_AN_ORDER} events`);
  });
  const results = orderIds.map(async (orderId) => {
    const handle = client.workflow.getHandle<typeof countingOrder>(workflowIdOf(order, orderId));
    return (await handle.result()).applied;
  });
  return Promise.race([Promise.all(results), late]);
}
