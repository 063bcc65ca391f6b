import { graveyardActivities } from 'sagaline/activities';
import type { ActivitiesByQueue } from 'sagaline/testing';
import { createFakeDeadLetters, createFakeEffects, createScript } from 'sagaline/testing';
import config from '../../sagaline.config';
import { fakeAuthorizePayment } from './fakes/authorize-payment';
import { fakeConfirmOrder } from './fakes/confirm-order';
import { fakeReserveStock } from './fakes/reserve-stock';

/** Everything behind the activities, in memory: fresh for each test. */
export function createWorld() {
  const script = createScript<string>();
  const effects = createFakeEffects(script);
  const deadLetters = createFakeDeadLetters(script);
  const fakes = {
    reserveStock: fakeReserveStock(effects),
    authorizePayment: fakeAuthorizePayment(effects),
    confirmOrder: fakeConfirmOrder(effects),
  };
  return { script, deadLetters, ...fakes, activities: byQueue(Object.values(fakes), deadLetters) };
}

export type World = ReturnType<typeof createWorld>;

type Buries = Parameters<typeof graveyardActivities>[0];

/** As the pools have them: each queue has its own fakes, and the activities that bury events. */
function byQueue(
  fakes: readonly { readonly taskQueue: string; readonly activities: object }[],
  deadLetters: Buries,
): ActivitiesByQueue {
  const queues = Object.values(config.pools).map(({ taskQueue }) => {
    const own = fakes.filter((fake) => fake.taskQueue === taskQueue).map(({ activities }) => activities);
    return [taskQueue, Object.assign({}, graveyardActivities(deadLetters), ...own) as object] as const;
  });
  return Object.fromEntries(queues);
}
