// How many processes one sender may open that wait for the event that begins them.
import { createHmac } from 'node:crypto';
import type { StoredMessage } from '../../../../src/contracts';
import { createCatalogue, defineDomain, external } from '../../../../src/contracts';
import { createEarlyQuota } from '../../../../src/gateway';
import { shop } from '../../../../domains/shop';
import { paymentAuthorized } from '../../../../domains/shop/events';
import { orderOf, submissionOf } from '../../../../demo/orders';
import { gatewayUnderTest, NOW } from './gateway-under-test';

const catalogue = createCatalogue([shop]);
const WINDOW_MS = 10 * 60_000;

/** A gateway that has at most three early processes of each sender, and the orders that are in its stream. */
function underTest({ most = 3, mode = 'on' }: { most?: number; mode?: 'on' | 'off' } = {}) {
  const clock = { now: NOW.getTime() };
  const submitted = new Set<string>();
  const stream = {
    asked: [] as string[],
    last: (subject: string) => {
      stream.asked.push(subject);
      const [, key = ''] = /^p\.\*\.\*\.orders\.submitted\.\*\.(.+)$/.exec(subject) ?? [];
      return Promise.resolve(submitted.has(key) ? ({} as StoredMessage) : undefined);
    },
  };
  const admitEarly =
    mode === 'on' ? createEarlyQuota({ catalogue, most, stream, now: () => clock.now }) : undefined;
  const gateway = gatewayUnderTest({ catalogue, admitEarly });
  return { ...gateway, clock, submitted, stream, notify: (key: string) => notify(gateway.app, key) };
}

/** The payment provider's notification about an order. */
async function notify(app: ReturnType<typeof gatewayUnderTest>['app'], key: string, mode = 'asynchronous') {
  const seconds = NOW.getTime() / 1_000;
  const body = JSON.stringify({
    ...{ id: `evt_${key}`, type: 'payment.authorized', created: seconds, mode },
    data: { object: { id: `pay_${key}`, merchant_reference: key, amount: 4_980, currency: 'EUR' } },
  });
  const mac = createHmac('sha256', 'the new secret').update(`${seconds}.${body}`).digest('hex');
  const headers = { 'content-type': 'application/json', 'webhook-signature': `t=${seconds},v1=${mac}` };
  return app.inject({ method: 'POST', url: '/webhooks/payment-provider', headers, body });
}

async function statuses(quota: ReturnType<typeof underTest>, keys: readonly string[]): Promise<number[]> {
  const found: number[] = [];
  for (const key of keys) found.push((await quota.notify(key)).statusCode);
  return found;
}

const keys = (count: number) => Array.from({ length: count }, (_, at) => `o-${at}`);

test('500 notifications without an order open as many processes as the quota allows; without it, 500', async () => {
  const limited = underTest();
  const open = underTest({ mode: 'off' });
  expect((await statuses(limited, keys(500))).filter((status) => status === 202)).toHaveLength(3);
  expect((await statuses(open, keys(500))).filter((status) => status === 202)).toHaveLength(500);
  expect([limited.published.length, open.published.length]).toEqual([3, 500]);
});

test('a refusal says when to try again, is counted, and logged once', async () => {
  const quota = underTest();
  await statuses(quota, keys(4));
  const response = await quota.notify('o-5');
  expect(response.statusCode).toBe(429);
  expect(response.headers['retry-after']).toBe('60');
  expect(response.json()).toMatchObject({ status: 429, reason: 'too-many-waiting' });
  expect(quota.counted.slice(3)).toEqual(Array(2).fill('webhooks: too-many-waiting'));
  expect(quota.log.lines.map(({ fields }) => fields)).toEqual([
    { principal: 'payment-provider', reason: 'too-many-waiting' },
  ]);
});

test('a repeat, a notification of a submitted order and one that opens nothing pass', async () => {
  const quota = underTest();
  await statuses(quota, keys(3));
  quota.submitted.add('o-7');
  expect(await statuses(quota, ['o-0', 'o-7', 'o-8'])).toEqual([202, 202, 429]);
  expect((await notify(quota.app, 'o-9', 'synchronous')).statusCode).toBe(202);
});

test('a process that has begun makes room, behind others that have not', async () => {
  const quota = underTest({ most: 10 });
  await statuses(quota, keys(10));
  quota.submitted.add('o-9');
  // Eight are checked for each event.
  expect(await statuses(quota, ['o-10', 'o-11', 'o-12'])).toEqual([429, 202, 429]);
});

test('events at the same time do not exceed it', async () => {
  const quota = underTest();
  const answers = await Promise.all(keys(50).map((key) => quota.notify(key)));
  expect(answers.filter(({ statusCode }) => statusCode === 202)).toHaveLength(3);
});

test('a process counts for ten minutes', async () => {
  const quota = underTest();
  await statuses(quota, keys(3));
  quota.clock.now += WINDOW_MS - 1_000;
  expect((await quota.notify('o-4')).headers['retry-after']).toBe('1');
  quota.clock.now += 1_000;
  expect(await statuses(quota, ['o-4', 'o-5', 'o-6', 'o-7'])).toEqual([202, 202, 202, 429]);
});

test('without the stream, processes count as not begun', async () => {
  const quota = underTest();
  quota.stream.last = () => Promise.reject(new Error('503'));
  expect(await statuses(quota, keys(4))).toEqual([202, 202, 202, 429]);
});

describe('of POST /events', () => {
  // As if the web shop sent the notifications of payments.
  const own = { ...paymentAuthorized, origin: external('the tests') };
  const domain = defineDomain({
    ...shop,
    events: shop.events.map((event) => (event.type === own.type ? own : event)),
  });
  const event = (key: string) => ({
    ...{ specversion: '1.0', id: `e-${key}`, source: '/tests', type: own.type },
    data: { ...own.example, orderId: key, asynchronous: true },
  });
  const openTo = (names: readonly string[]) => {
    const stream = { last: () => Promise.resolve(undefined) };
    const catalogueOfTests = createCatalogue([domain]);
    return gatewayUnderTest({
      catalogue: catalogueOfTests,
      admitEarly: createEarlyQuota({ catalogue: catalogueOfTests, most: 2, stream, now: () => 0 }),
      authenticate: (name) =>
        Promise.resolve(
          names.includes(name)
            ? { kind: 'authenticated', principal: { name, scopes: ['events:publish'] } }
            : { kind: 'refused', reason: 'unknown-key' },
        ),
    });
  };
  const post = (app: ReturnType<typeof openTo>['app'], name: string, body: unknown, type = 'cloudevents') =>
    app.inject({
      ...{ method: 'POST', url: '/events', body: JSON.stringify(body) },
      headers: { 'content-type': `application/${type}+json`, authorization: `Bearer ${name}` },
    });

  test('each principal has its own', async () => {
    const { app } = openTo(['ada', 'bob']);
    const answers = [];
    for (const [name, key] of [
      ['ada', 'a1'],
      ['ada', 'a2'],
      ['ada', 'a3'],
      ['bob', 'b1'],
    ] as const)
      answers.push((await post(app, name, event(key))).statusCode);
    expect(answers).toEqual([202, 202, 429, 202]);
  });

  test('the other events of a batch are published', async () => {
    const { app, published } = openTo(['ada']);
    const submission = JSON.parse(Buffer.from(submissionOf(orderOf('o-1')).body).toString()) as unknown;
    const batch = [event('a1'), event('a2'), event('a3'), submission];
    const response = await post(app, 'ada', batch, 'cloudevents-batch');
    expect([response.statusCode, response.headers['retry-after']]).toEqual([503, '60']);
    expect(response.json()).toMatchObject({
      results: [{ status: 202 }, { status: 202 }, { status: 429 }, { status: 202 }],
    });
    expect(published).toHaveLength(3);
  });
});
