/** A pool without a worker, and a partition that gets more than it can do. */
import { setTimeout as sleep } from 'node:timers/promises';
import { newOrderId, orderOf, submissionOf } from '../../../demo/orders';
import { articleViewed } from '../../../domains/shop/events';
import { encodeEvent } from '../../../src/contracts';
import type { SystemSnapshot } from '../../../src/observability';
import type { Incident } from '../incident';
import { known } from '../incident';
import { STOPPED_POOL } from '../stage';

const ORDER_EVERY_MS = 2_000;
/** A task that waits for less than this tells of nothing. */
const WAITS_SECONDS = 5;
const HOT_EVENTS = 1_500;
const AT_ONCE = 100;

const poolStopped: Incident = {
  name: 'pool stopped',
  begin: async (stage) => {
    const { shop } = stage;
    const stopping = new AbortController();
    await stage.stopPool();
    const orders = (async () => {
      while (!stopping.signal.aborted) {
        await shop.publish(submissionOf(orderOf(newOrderId('waiting'))));
        await sleep(ORDER_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    })();
    const isUnserved = (snapshot: SystemSnapshot) =>
      known(snapshot, 'pools')?.some(({ pool, served }) => pool === STOPPED_POOL && !served) === true;
    const waiting = (snapshot: SystemSnapshot) =>
      known(snapshot, 'queues')?.find(({ pool, backlog }) => pool === STOPPED_POOL && backlog > 0);
    return {
      tells: (snapshot) => {
        if (isUnserved(snapshot)) return 'nobody polls';
        const queue = waiting(snapshot);
        if (queue === undefined || queue.oldestSeconds < WAITS_SECONDS) return undefined;
        return `${queue.backlog} tasks wait, the oldest for ${Math.round(queue.oldestSeconds)} s`;
      },
      finding: new RegExp(`^${STOPPED_POOL}\\b`),
      mend: {
        command: `sagaline run worker:${STOPPED_POOL}`,
        run: async () => {
          await stage.startPool();
        },
        clicks: 'cannot: a process has to be started',
      },
      isOver: (snapshot) =>
        known(snapshot, 'queues') !== undefined && !waiting(snapshot) && !isUnserved(snapshot),
      end: async () => {
        stopping.abort();
        await orders;
      },
    };
  },
};

const hotPartition: Incident = {
  name: 'hot partition',
  begin: ({ shop }) => {
    const sku = `HOT-${newOrderId('x').toUpperCase()}`;
    const view = (n: number) => {
      const time = new Date().toISOString();
      const event = { contract: articleViewed, id: `${sku}-${n}`, time, data: { sku, viewedAt: time } };
      return shop.publish(encodeEvent(event, { source: '/drill/web-shop' }));
    };
    const busiest = (snapshot: SystemSnapshot) =>
      known(snapshot, 'partitions')
        ?.flatMap(({ partitions }) => partitions)
        .find(({ oldest }) => oldest?.key === sku);
    const publishing = (async () => {
      for (let from = 0; from < HOT_EVENTS; from += AT_ONCE)
        await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => view(from + index)));
    })();
    return Promise.resolve({
      tells: (snapshot) => {
        const found = busiest(snapshot);
        return found && `partition ${found.partition}: ${found.lag} events, key ${found.oldest?.key}`;
      },
      finding: new RegExp(sku),
      mend: {
        command: 'none: it works off what waits',
        run: () => publishing,
        clicks: 'none: it goes on by itself',
      },
      isOver: (snapshot) => known(snapshot, 'partitions') !== undefined && !busiest(snapshot),
      end: () => publishing,
    });
  },
};

export const loadIncidents: readonly Incident[] = [poolStopped, hotPartition];
