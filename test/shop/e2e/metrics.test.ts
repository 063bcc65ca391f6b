// The page of metrics, the alert rules and the dashboard name what the processes of a running stack really export, and nothing else.
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Registry } from 'prom-client';
import { dashboard } from '../../../scripts/alerts/dashboard';
import type { Family } from '../../../scripts/metrics-page/render';
import { familiesIn, merged, metricsPage } from '../../../scripts/metrics-page/render';
import { connectNats } from '../../../src/adapters/nats';
import { codecServerMetrics, systemMetrics } from '../../../src/adapters/prometheus';
import { ALERTS, startObservability } from '../../../src/observability';
import { silentLog } from '../../support/log';
import { until } from '../../support/until';
import type { ShopProcesses } from '../support/shop-processes';
import { startShopProcesses } from '../support/shop-processes';

const ROLES = ['gateway', 'bridge', 'relay', 'subscriber'];
const POOLS = ['orders', 'inventory', 'payments', 'shipping', 'notifications'];
const START_MS = 240_000;
const PAGE = path.resolve(__dirname, '../../../docs/metrics.md');

jest.setTimeout(START_MS);

let shop: ShopProcesses;
const texts = new Map<string, string>();

beforeAll(async () => {
  shop = await startShopProcesses({});
  await shop.start('providers');
  for (const role of [...ROLES, ...POOLS.map((pool) => `worker:${pool}`)]) {
    const { health } = await shop.start(role);
    texts.set(role, await (await fetch(`${health}/metrics`)).text());
  }
  texts.set('console', await systemText());
  texts.set('codec-server', await codecServerText());
}, START_MS);
afterAll(() => shop.stop());

/** What the role `console` exports of the whole system. */
async function systemText(): Promise<string> {
  const nats = await connectNats({
    url: `nats://127.0.0.1:${shop.settings['NATS_PORT']}`,
    name: 'test',
    log: silentLog,
  });
  const observability = startObservability({
    ...{ nats, temporal: shop.temporal, database: shop.database, processes: [] },
    groups: [{ group: 'bridge', kind: 'bridge' }],
    pools: POOLS.map((pool) => ({
      ...{ pool, taskQueue: pool, hasWorkflows: pool === 'orders', deployment: `sagaline-${pool}` },
    })),
    faster: 10,
  });
  const registry = new Registry();
  systemMetrics(registry, () => observability.latest());
  try {
    await until(
      'every part is known',
      async () => !(await registry.metrics()).includes('part_up{part="pools"} 0'),
    );
    return await registry.metrics();
  } finally {
    await observability.stop();
    await nats.close();
  }
}

/** Its role needs keys and tokens; this is all that it exports of its own. */
function codecServerText(): Promise<string> {
  const registry = new Registry();
  codecServerMetrics(registry);
  return registry.metrics();
}

function families(): Family[] {
  return [...texts].flatMap(([role, text]) => familiesIn(text, role.startsWith('worker:') ? 'worker' : role));
}

test('docs/metrics.md has each metric that is exported, and no other', async () => {
  const page = metricsPage(families());
  // To copy where it differs.
  await writeFile(path.join(tmpdir(), 'sagaline-metrics.md'), page);
  expect(readFileSync(PAGE, 'utf8')).toBe(page);
});

test('names that alerts and the dashboard use ÷ names exported of these = 1', () => {
  const exported = new Set(families().map(({ name }) => name));
  const expressions = [...ALERTS.map(({ expression }) => expression), dashboard()];
  const used = new Set(
    expressions
      .flatMap((text) => text.match(/\b(?:sagaline|temporal)_[a-z_]+/g) ?? [])
      .map((name) => name.replace(/_(?:bucket|count|sum)$/, '')),
  );
  expect(used.size).toBeGreaterThan(20);
  expect([...used].filter((name) => !exported.has(name))).toEqual([]);
});

test('each pool exports its own work, and the SDK’s metrics with seconds and suffixes', () => {
  for (const pool of POOLS) {
    const names = familiesIn(texts.get(`worker:${pool}`) ?? '', pool).map(({ name }) => name);
    expect([pool, names]).toEqual([
      pool,
      expect.arrayContaining([
        'sagaline_step_attempt_duration_seconds',
        'sagaline_provider_call_duration_seconds',
        'sagaline_build_info',
        'temporal_worker_task_slots_available',
        'temporal_request_latency_seconds',
        'temporal_request_total',
      ]),
    ]);
  }
});

test('names follow the rules of Prometheus: counters end in _total, and units are the last word', () => {
  for (const { name, type, help } of merged(families()).filter((each) => each.name.startsWith('sagaline_'))) {
    expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
    expect(name).not.toMatch(/_(?:ms|milliseconds|minutes|hours|days|kilobytes|percent)(?:_|$)/);
    expect(help).not.toBe('');
  }
});
