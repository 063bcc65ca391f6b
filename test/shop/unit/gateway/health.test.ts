import type { Checks } from '../../../../src/gateway';
import { healthServer } from '../../../../src/gateway/health';
import { gatewayUnderTest } from './gateway-under-test';

const get = (url: string, checks: Checks = {}) =>
  healthServer({ checks: () => checks, metrics: () => Promise.resolve('sagaline_up 1\n') }).inject({
    method: 'GET',
    url,
  });
const up = () => true;

test('the process is alive, whatever it lacks', async () => {
  const response = await get('/livez', { nats: () => false });
  expect([response.statusCode, response.json()]).toEqual([200, { live: true }]);
});

test.each<[string, Checks]>([
  ['nothing is needed', {}],
  ['all is there', { nats: up, streams: () => Promise.resolve(true) }],
])('it is ready where %s', async (_, checks) => {
  const response = await get('/readyz', checks);
  expect(response.statusCode).toBe(200);
  const named = Object.fromEntries(Object.keys(checks).map((name) => [name, true]));
  expect(response.json()).toEqual({ ready: true, checks: named });
});

test.each<[string, Checks[string]]>([
  ['says no', () => false],
  ['says no later', () => Promise.resolve(false)],
  [
    'throws',
    () => {
      throw new Error('secret address');
    },
  ],
  ['rejects', () => Promise.reject(new Error('secret address'))],
])('it is not ready where one check %s, and that one is named', async (_, check) => {
  const response = await get('/readyz', { nats: up, streams: check, temporal: up });
  expect(response.statusCode).toBe(503);
  expect(response.json()).toEqual({ ready: false, checks: { nats: true, streams: false, temporal: true } });
});

test('a check that fails is told with its reason in words, one that holds is not', async () => {
  const app = healthServer({
    checks: () => ({ nats: up, streams: () => false, other: () => false }),
    reasons: { nats: 'NATS is away', streams: 'npx sagaline provision' },
    metrics: () => Promise.resolve(''),
  });
  const response = await app.inject({ method: 'GET', url: '/readyz' });
  expect(response.json()).toEqual({
    ready: false,
    checks: { nats: true, streams: false, other: false },
    reasons: { streams: 'npx sagaline provision' },
  });
});

describe('a check that does not answer', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] }));
  afterEach(() => jest.useRealTimers());

  test('counts as no after two seconds, and holds up nobody longer', async () => {
    const never = () => new Promise<boolean>(() => undefined);
    const asked = get('/readyz', { nats: up, streams: never, temporal: never });
    await new Promise((resolve) => setImmediate(resolve));
    await jest.advanceTimersByTimeAsync(2_000);
    const response = await asked;
    expect(response.statusCode).toBe(503);
    expect(response.json()).toEqual({
      ready: false,
      checks: { nats: true, streams: false, temporal: false },
    });
  });
});

test('metrics are there in the text format of Prometheus', async () => {
  const response = await get('/metrics');
  expect(response.statusCode).toBe(200);
  expect(response.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(response.body).toBe('sagaline_up 1\n');
});

test('what is degraded is told, and is no reason to be not ready', async () => {
  const app = healthServer({
    checks: () => ({ nats: up }),
    degraded: () => ({ DEAD_LETTERS: 'nearly full' }),
    metrics: () => Promise.resolve(''),
  });
  const response = await app.inject({ method: 'GET', url: '/readyz' });
  expect([response.statusCode, response.json()]).toEqual([
    200,
    { ready: true, checks: { nats: true }, degraded: { DEAD_LETTERS: 'nearly full' } },
  ]);
});

test.each(['/livez', '/readyz', '/metrics'])('the gateway does not serve %s to the public', async (url) => {
  const response = await gatewayUnderTest().app.inject({ method: 'GET', url });
  expect(response.statusCode).toBe(404);
});
