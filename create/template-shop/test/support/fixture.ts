import { deadLetterStoreActivities } from 'sagaline/activities';
import type { ActivitiesByQueue } from 'sagaline/testing';
import { createFakeDeadLetters, createFakeEffects, createScript } from 'sagaline/testing';
import config from '../../sagaline.config';
import { fakeAuthorizePayment } from './fakes/authorize-payment';
import { fakeConfirmOrder } from './fakes/confirm-order';
import { fakeReserveStock } from './fakes/reserve-stock';

/** The fakes behind the activities, in memory: new for each test. */
export function createFixture() {
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

export type Fixture = ReturnType<typeof createFixture>;

type DeadLetterStore = Parameters<typeof deadLetterStoreActivities>[0];

/** The activities of each task queue: its fakes, and the activities that dead-letter events. */
function byQueue(
  fakes: readonly { readonly taskQueue: string; readonly activities: object }[],
  deadLetters: DeadLetterStore,
): ActivitiesByQueue {
  const queues = Object.values(config.pools).map(({ taskQueue }) => {
    const own = fakes.filter((fake) => fake.taskQueue === taskQueue).map(({ activities }) => activities);
    return [taskQueue, Object.assign({}, deadLetterStoreActivities(deadLetters), ...own) as object] as const;
  });
  return Object.fromEntries(queues);
}
