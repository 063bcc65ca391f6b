import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { OrderDeadlines } from '../../../activities/shop/orders';
import type { FakeShop } from '../fakes';
import type { OrderDriver } from './driver';
import { driveOrder } from './driver';
import type { ShopWorkers } from './environment';
import { startSkippingServer } from '../../../src/testing';
import { DEADLINES, startShopWorkers } from './environment';

/** What a test file of the order workflow plays on. */
export interface Stage {
  readonly env: TestWorkflowEnvironment;
  /** New for each test. */
  readonly shop: FakeShop;
  newOrder(): OrderDriver;
}

const SERVER_WITHIN_MS = 60_000;

/**
 * One time-skipping server for the file, the shop's workers on fresh fakes for each test.
 *
 * @param terms of its orders, where they are not the usual ones
 */
export function setStage(name: string, terms: Partial<OrderDeadlines> = {}): Stage {
  let env: TestWorkflowEnvironment;
  let workers: ShopWorkers;
  let orders = 0;

  beforeAll(async () => {
    env = await startSkippingServer();
  }, SERVER_WITHIN_MS);
  afterAll(() => env.teardown());

  beforeEach(async () => {
    workers = await startShopWorkers({
      connection: env.nativeConnection,
      namespace: 'default',
      deadlines: { ...DEADLINES, ...terms },
    });
  });
  afterEach(() => workers.stop());

  return {
    get env() {
      return env;
    },
    get shop() {
      return workers.shop;
    },
    newOrder: () => driveOrder(env.client, `${name}-${++orders}`),
  };
}
