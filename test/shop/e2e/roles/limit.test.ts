// The limit of a worker pool: Temporal keeps to it across all the pool's workers.
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { createCatalogue } from '../../../../src/contracts';
import { createRegistry } from '../../../../src/adapters/prometheus';
import { appConfig } from '../../../../src/runtime/config';
import { shop } from '../../../../domains/shop';
import type { Pool } from '../../../../src/runtime/app';
import { loadApp } from '../../../../src/runtime/load';
import type { RunningRole } from '../../../../src/runtime/role';
import { workerOf } from '../../../../src/runtime/roles/worker';
import { testTemporal } from '../../../support/bridge';
import { silentLog } from '../../../support/log';
import { prepared } from '../../../support/setup/handover';

const PER_SECOND = 10;
/** What the server gives out at once after a pause: a second's worth. */
const BURST = PER_SECOND;
const ACTIVITIES = 50;
const app = loadApp();

let client: Client;

beforeAll(() => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  client = testTemporal();
});
afterAll(() => client.connection.close());

/** Two workers of a pool run all activities; resolves with when each was run, and by which worker. */
async function run(settings: Record<string, string>): Promise<{ at: number; by: number }[]> {
  const { temporalAddress, databaseUrl } = prepared('servers');
  const config = appConfig(app, [], {
    TEMPORAL_ADDRESS: temporalAddress,
    DATABASE_URL: databaseUrl,
    ...settings,
  });
  const taskQueue = `limited-${randomUUID()}`;
  const runs: { at: number; by: number }[] = [];
  const context = {
    app,
    config,
    catalogue: createCatalogue([]),
    log: silentLog,
  };
  const workers: RunningRole[] = [];
  for (const by of [1, 2]) {
    const note = () => Promise.resolve(void runs.push({ at: performance.now(), by }));
    const pool: Pool = { domain: shop, taskQueue, activities: () => ({ note }) };
    workers.push(await workerOf('payments', pool)({ ...context, registry: createRegistry(`test-${by}`) }));
  }
  for (const { failed } of workers) failed?.catch(() => undefined);
  try {
    await Promise.all(
      Array.from({ length: ACTIVITIES }, () =>
        client.activity.execute('note', { id: randomUUID(), taskQueue, startToCloseTimeout: '10 seconds' }),
      ),
    );
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
  return runs;
}

const secondsOf = (runs: readonly { at: number }[]) => ((runs.at(-1)?.at ?? 0) - (runs[0]?.at ?? 0)) / 1_000;

test('two workers of a pool share its limit; without one they are many times as fast', async () => {
  const free = await run({});
  const limited = await run({ POOL_PAYMENTS_ACTIVITIES_PER_SECOND: String(PER_SECOND) });
  for (const runs of [free, limited]) {
    expect(runs).toHaveLength(ACTIVITIES);
    expect(new Set(runs.map(({ by }) => by))).toEqual(new Set([1, 2]));
  }
  // Were the limit each worker's own, half of this would do.
  const atLeast = (ACTIVITIES - BURST) / PER_SECOND;
  process.stdout.write(`${ACTIVITIES} activities: ${secondsOf(free).toFixed(2)} s without a limit, `);
  process.stdout.write(`${secondsOf(limited).toFixed(2)} s with ${PER_SECOND}/s\n`);
  expect(secondsOf(limited)).toBeGreaterThan(0.9 * atLeast);
  expect(secondsOf(limited)).toBeGreaterThan(2 * secondsOf(free));
});
