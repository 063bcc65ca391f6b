// The name and the version of a pool's workers, with and without Temporal's worker controller.
import { InvalidConfigError, readConfig } from '../../../../src/config';
import { deploymentOf, versionOf, workerVersionOf } from '../../../../src/runtime/version';

const app = { root: __dirname };
const pool = {};
const config = (given: Record<string, string>) => readConfig(given, { providers: [] });
/** What the controller gives the pods of the WorkerDeployment `orders` in the namespace `shop`. */
const injected = { TEMPORAL_DEPLOYMENT_NAME: 'shop/orders', TEMPORAL_WORKER_BUILD_ID: '0.1.0-77f5' };
const withController = config({ ...injected, WORKER_DEPLOYMENT_PREFIX: 'shop/' });

test('the prefix is the same for every pool and every process', () => {
  expect(deploymentOf('orders', config({}))).toBe('sagaline-orders');
  expect(deploymentOf('orders', config({ WORKER_DEPLOYMENT_PREFIX: 'shop/' }))).toBe('shop/orders');
  const given = config({ WORKER_DEPLOYMENT_PREFIX: 'shop/', BUILD_ID: '7' });
  expect(versionOf(app, 'payments', pool, given)).toEqual({ deployment: 'shop/payments', buildId: '7' });
});

test('a worker of the controller has the name and the version that the controller gives it', () => {
  expect(workerVersionOf(app, 'orders', pool, withController)).toEqual({
    deployment: 'shop/orders',
    buildId: '0.1.0-77f5',
  });
});

test('a worker whose deployment nobody would look for does not start', () => {
  const start = () => workerVersionOf(app, 'orders', pool, config(injected));
  expect(start).toThrow(InvalidConfigError);
  expect(start).toThrow('names this deployment "shop/orders"');
  expect(start).toThrow('look for "sagaline-orders"');
  // The pods of another pool, by a mistake in an overlay.
  expect(() => workerVersionOf(app, 'payments', pool, withController)).toThrow('"shop/payments"');
});

test('in a pod of one pool, commands know the version of that pool only', () => {
  expect(versionOf(app, 'orders', pool, withController).buildId).toBe('0.1.0-77f5');
  expect(versionOf(app, 'payments', pool, withController)).toMatchObject({ deployment: 'shop/payments' });
  expect(versionOf(app, 'payments', pool, withController).buildId).not.toBe('0.1.0-77f5');
});
