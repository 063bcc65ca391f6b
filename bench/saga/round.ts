import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { rpcsOf } from '../rpcs';
import { usageOf, usedBetween } from '../usage';
import type { World } from '../world';
import { costOf } from './cost';
import type { BenchShop } from './shop';
import { orderOfRun } from './shop';
import type { Way } from './ways';

/** What one order has cost, on the average of a round. */
export interface Round {
  readonly perSecond: number;
  /** Processor time of Temporal's server and of all workers. */
  readonly cpuMs: number;
  /** Of everything else that an order needs: PostgreSQL with its connections, and the provider sandbox. */
  readonly aroundMs: number;
  readonly rpcs: number;
  readonly workflowTasks: number;
  readonly historyEvents: number;
}

const LOOK_MS = 25;
/** After the last message a workflow has its last task to do, and the server to write it down. */
const SETTLED_MS = 500;
/** So many histories are looked at: they differ by what happened to fall into one workflow task. */
const HISTORIES = 20;
/** A round that hangs must end the run, not the patience of whoever waits for it. */
const ENDS_WITHIN_MS = 180_000;

/** So many orders from end to end, so many of them open at once. */
export async function roundOf(
  world: World,
  shop: BenchShop,
  way: Way,
  { run, orders, open }: { run: string; orders: number; open: number },
): Promise<Round> {
  const [usage, rpcs] = [usageOf(world), await rpcsOf(world)];
  const since = performance.now();
  let opened = 0;
  for (let ended = 0; ended < orders; ended = await shop.ended(run)) {
    if (performance.now() - since > ENDS_WITHIN_MS)
      throw new Error(`${run}: only ${ended} orders have ended`);
    const more = Math.min(open - (opened - ended), orders - opened);
    const starting = Array.from({ length: Math.max(more, 0) }, () => way.open(orderOfRun(run, opened++)));
    await Promise.all(starting);
    await sleep(LOOK_MS);
  }
  const seconds = (performance.now() - since) / 1_000;
  await sleep(SETTLED_MS);
  const [usageAfter, rpcsAfter] = [usageOf(world), await rpcsOf(world)];
  const used = (counts: (name: string) => boolean) =>
    (usedBetween(usage, usageAfter, counts) * 1_000) / orders;
  const made = [...rpcsAfter].reduce((sum, [name, count]) => sum + count - (rpcs.get(name) ?? 0), 0);
  return {
    perSecond: orders / seconds,
    cpuMs: used((name) => name === 'temporal' || isWorker(name)),
    aroundMs: used((name) => name === 'postgres' || name === 'providers'),
    rpcs: made / orders,
    ...(await historiesOf(shop.client, way, run, Math.min(HISTORIES, orders))),
  };
}

function isWorker(name: string): boolean {
  return name.startsWith('worker:') || name === 'bench:sample';
}

async function historiesOf(client: Client, way: Way, run: string, count: number) {
  const costs = await Promise.all(
    Array.from({ length: count }, async (_, number) => {
      const workflowId = way.workflowIdOf(orderOfRun(run, number).orderId);
      return costOf(await client.workflow.getHandle(workflowId).fetchHistory());
    }),
  );
  const average = (of: (cost: (typeof costs)[number]) => number) =>
    costs.reduce((sum, cost) => sum + of(cost), 0) / costs.length;
  return {
    workflowTasks: average(({ workflowTasks }) => workflowTasks),
    historyEvents: average(({ historyEvents }) => historyEvents),
  };
}
