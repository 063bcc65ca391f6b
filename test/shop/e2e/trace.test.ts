// One order over HTTP, through all processes, as a collector of OpenTelemetry sees it: one tree, and no orphan.
import { newOrderId, orderOf } from '../../../demo/orders';
import { orderSubmitted } from '../../../domains/shop/events';
import { traceIdOf } from '../../../src/contracts';
import type { Collector } from '../../support/collector';
import { drawn, rootsOf, startCollector } from '../../support/collector';
import { until } from '../../support/until';
import type { RoleProcess, ShopProcesses } from '../support/shop-processes';
import { startShopProcesses } from '../support/shop-processes';

const ENDED_WITHIN_MS = 90_000;
const POOLS = ['orders', 'inventory', 'payments', 'shipping', 'notifications'];

jest.setTimeout(2 * ENDED_WITHIN_MS);

let collector: Collector;
let shop: ShopProcesses;
let roles: Readonly<Record<string, RoleProcess>>;

beforeAll(async () => {
  collector = await startCollector();
  shop = await startShopProcesses({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    // Spans are sent at once: the default waits five seconds.
    OTEL_BSP_SCHEDULE_DELAY: '100',
    LOG_FORMAT: 'json',
  });
  await shop.database.query('insert into inventory.stock (sku, received, on_hand) values ($1, $2, $2)', [
    'TEA-GREEN-250',
    500,
  ]);
  await shop.database.query('insert into inventory.stock (sku, received, on_hand) values ($1, $2, $2)', [
    'TEA-POT-GLASS',
    500,
  ]);
  const names = ['providers', 'gateway', 'bridge', 'relay', ...POOLS.map((pool) => `worker:${pool}`)];
  roles = Object.fromEntries(
    await Promise.all(names.map(async (role) => [role, await shop.start(role)] as const)),
  );
});
afterAll(async () => {
  await shop.stop();
  await collector.stop();
});

interface Row {
  readonly id: string;
  readonly subject: string;
  readonly causationid: string;
  readonly traceparent: string;
}

/** The events out of an order, when its outbox is published and the order is at its end. */
async function eventsOut(orderId: string): Promise<readonly Row[]> {
  return until(
    'the order completes',
    async () => {
      const rows = await shop.database.query<Row & { published_at: Date | null }>(
        `select event_id as id, subject, published_at, convert_from(body, 'UTF8')::json ->> 'causationid' as causationid,
                convert_from(body, 'UTF8')::json ->> 'traceparent' as traceparent
           from sagaline.outbox where subject like 'evt.%.' || $1 order by sagaline.outbox.id`,
        [orderId],
      );
      const isOver = rows.some(({ subject }) => subject.includes('.completed.'));
      return isOver && rows.every(({ published_at: at }) => at !== null) ? rows : false;
    },
    ENDED_WITHIN_MS,
  );
}

/** Submits an order over HTTP. Returns the id of its event. */
async function submit(
  orderId: string,
  parent: { readonly trace: string; readonly span: string },
): Promise<string> {
  const id = `submit-${orderId}`;
  const answer = await fetch(`http://127.0.0.1:${shop.settings['GATEWAY_PORT'] ?? ''}/events`, {
    method: 'POST',
    headers: {
      'content-type': 'application/cloudevents+json',
      traceparent: `00-${parent.trace}-${parent.span}-01`,
    },
    body: JSON.stringify({
      ...{ specversion: '1.0', id, source: '/web-shop', type: orderSubmitted.type },
      data: orderOf(orderId),
    }),
  });
  expect(answer.status).toBe(202);
  return id;
}

test('from the request to the last event out: one tree', async () => {
  const orderId = newOrderId('traced');
  const parent = { trace: 'a1'.repeat(16), span: 'b2'.repeat(8) };
  const id = await submit(orderId, parent);
  const out = await eventsOut(orderId);

  // Each process sends its spans by itself: the publish of the last event is the latest of them.
  const published = () => collector.spansOf(parent.trace).filter(({ name }) => name === 'publish');
  await until('all publishes are collected', () => {
    const ids = new Set(published().map(({ attributes }) => attributes['cloudevents.event_id']));
    return out.every((row) => ids.has(row.id));
  });
  const spans = await until('the tree is whole', () => {
    const now = collector.spansOf(parent.trace);
    return rootsOf(now).length === 1 ? now : undefined;
  });
  process.stdout.write(`${drawn(spans)}\n`);

  const [root] = rootsOf(spans);
  expect(root).toMatchObject({
    name: 'POST /events',
    service: 'sagaline-gateway',
    parentSpanId: parent.span,
  });
  // Nothing of this order is in another trace.
  expect(collector.all().filter(({ traceId }) => traceId !== parent.trace)).toEqual([]);
  for (const name of [
    'process event',
    'dispatch',
    'reserveStock',
    'authorizePayment',
    'POST payment provider',
  ])
    expect(spans.map((span) => span.name)).toContain(name);
  expect(spans.filter(({ failed }) => failed)).toEqual([]);

  // The chain of causes can be read without a collector: each event out names an event of this order, or a webhook.
  expect(out.map(({ traceparent }) => traceIdOf(traceparent))).toEqual(out.map(() => parent.trace));
  expect(out[0]?.causationid).toBe(id);
  expect(out.filter(({ causationid }) => !causationid)).toEqual([]);
});

test('a step whose provider is away is one line of JSON for each attempt, with the ids of its order', async () => {
  await roles['providers']?.stop();
  const orderId = newOrderId('away');
  const parent = { trace: 'c3'.repeat(16), span: 'd4'.repeat(8) };
  const eventId = await submit(orderId, parent);
  const attempts = await until(
    'the step has failed twice',
    async () => {
      const lines = ((await roles['worker:payments']?.log()) ?? '').trimEnd().split('\n');
      const all = lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
      const failed = all.filter(({ workflowId }) => workflowId === `order-${orderId}`);
      return failed.length > 1 ? failed : false;
    },
    ENDED_WITHIN_MS,
  );
  expect(attempts.map(({ attempt }) => attempt)).toEqual(attempts.map((_, index) => index + 1));
  for (const line of attempts)
    expect(line).toMatchObject({
      ...{ msg: 'a step has failed', role: 'worker:payments', meaning: 'unknown', eventId },
      ...{
        activityType: 'authorizePayment',
        workflowType: 'order',
        taskQueue: 'payments',
        traceId: parent.trace,
      },
      failure: expect.stringMatching(/payment provider: (GET|POST) \/payments got no answer.*ECONNREFUSED/),
    });
  expect(JSON.stringify(attempts)).not.toContain('    at ');
  // Each failed attempt is a failed span, and so is its call.
  const failed = await until('the attempts are collected', () => {
    const spans = collector.spansOf(parent.trace).filter((span) => span.failed);
    return new Set(spans.map(({ name }) => name)).size > 1 ? spans : false;
  });
  // An attempt after the first asks the provider before it repeats the call.
  const names = failed.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['POST payment provider', 'authorizePayment']));
  expect(rootsOf(collector.spansOf(parent.trace))).toMatchObject([{ name: 'POST /events' }]);
});
