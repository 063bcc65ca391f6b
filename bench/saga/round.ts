import { setTimeout as sleep } from 'node:timers/promises';
import type { SagaRound } from '../sagas';
import { sagaRound } from '../sagas';
import type { Testbed } from '../testbed';
import type { BenchShop } from './shop';
import { orderOfRun } from './shop';
import type { Way } from './ways';

const LOOK_MS = 25;
/** The end of a round that hangs: the run fails instead of waiting for ever. */
const ENDS_WITHIN_MS = 180_000;

/** Runs a number of orders from start to end, a part of them open at once. */
export function roundOf(
  testbed: Testbed,
  shop: BenchShop,
  way: Way,
  { run, orders, open }: { run: string; orders: number; open: number },
): Promise<SagaRound> {
  const submissions = Array.from({ length: orders }, (_, number) => orderOfRun(run, number));
  const workflowIds = submissions.map(({ orderId }) => way.workflowIdOf(orderId));
  return sagaRound(testbed, shop.client, {
    workflowIds,
    act: async () => {
      const until = Date.now() + ENDS_WITHIN_MS;
      let opened = 0;
      for (let ended = 0; ended < orders; ended = await shop.ended(run)) {
        if (Date.now() > until) throw new Error(`${run}: only ${ended} orders have ended`);
        const more = submissions.slice(opened, ended + open);
        opened += more.length;
        await Promise.all(more.map((order) => way.open(order)));
        await sleep(LOOK_MS);
      }
    },
  });
}
