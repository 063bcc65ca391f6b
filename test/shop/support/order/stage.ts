import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { OrderDeadlines } from '../../../../activities/shop/orders';
import { ORDER_CAPABILITIES } from '../../../../domains/shop/capabilities';
import type { FakeShop } from '../fakes';
import { createFakeShop } from '../fakes';
import type { OrderDriver } from './driver';
import { driveOrder } from './driver';
import type { ShopWorkers } from './environment';
import { startSkippingServer } from '../../../../src/testing';
import { DEADLINES, startShopWorkers } from './environment';

/** The fixture of a test file of the order workflow. */
export interface Stage {
  readonly env: TestWorkflowEnvironment;
  /** New for each test. */
  readonly shop: FakeShop;
  newOrder(): OrderDriver;
}

const SERVER_WITHIN_MS = 60_000;

/**
 * One time-skipping server and one set of workers for the file: starting them takes longer than most of its tests. Each test has
 * its own shop.
 *
 * @param terms settings of its orders that differ from the usual ones
 * @param options.placed whether its orders begin with all capabilities placed with their own pool
 */
export function setStage(
  name: string,
  terms: Partial<OrderDeadlines> = {},
  { placed = false }: { readonly placed?: boolean } = {},
): Stage {
  let env: TestWorkflowEnvironment;
  let workers: ShopWorkers;
  let shop: FakeShop;
  let orders = 0;

  beforeAll(async () => {
    env = await startSkippingServer();
    workers = await startShopWorkers({
      connection: env.nativeConnection,
      namespace: 'default',
      deadlines: { ...DEADLINES, ...terms },
      shop: standingInFor(() => shop),
      placed,
    });
  }, SERVER_WITHIN_MS);
  afterAll(async () => {
    await workers.stop();
    await env.teardown();
  });

  beforeEach(() => {
    shop = createFakeShop();
  });

  return {
    get env() {
      return env;
    },
    get shop() {
      return shop;
    },
    newOrder: () =>
      driveOrder(
        env.client,
        `${name}-${++orders}`,
        standingInFor(() => shop),
        placed ? ORDER_CAPABILITIES : [],
      ),
  };
}

/** A shop that forwards every call to the present shop. */
function standingInFor(present: () => FakeShop): FakeShop {
  const standIn = (part: keyof FakeShop) =>
    new Proxy({}, { get: (_, call) => Reflect.get(present()[part], call) as unknown });
  return new Proxy({} as FakeShop, { get: (_, part) => standIn(part as keyof FakeShop) });
}
