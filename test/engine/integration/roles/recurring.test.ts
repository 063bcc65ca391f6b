// The example on real workers and PostgreSQL: three alerts of one device are three tickets, and repeats change nothing.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { createRegistry } from '../../../../src/adapters/prometheus';
import { createTemporalClient } from '../../../../src/adapters/temporal';
import type { ProcessDefinition } from '../../../../src/contracts';
import { createCatalogue } from '../../../../src/contracts';
import { loadApp } from '../../../../src/runtime/load';
import { appConfig, settingsIn } from '../../../../src/runtime/config';
import { workerOf } from '../../../../src/runtime/roles/worker';
import { driveProcess } from '../../../../src/testing';
import { createTestDatabase } from '../../../support/database';
import { silentLog } from '../../../support/log';
import { prepared } from '../../../support/setup/handover';
import { until } from '../../../support/until';

jest.setTimeout(90_000);

const EXAMPLE = path.resolve(__dirname, '../../../../examples/device-alerts');
/** What the template of the tests' databases does not have. */
const TABLES = path.join(EXAMPLE, 'activities/migrations/1770000000000_devices.sql');
const ALERTS = ['a-1', 'a-2', 'a-3'];

test('the same device is alerted three times', async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const app = loadApp(EXAMPLE);
  const { temporalAddress: address } = prepared('servers');
  const records = await createTestDatabase();
  const { database, url } = records;
  await database.query(await readFile(TABLES, 'utf8'));
  const config = appConfig(app, [], { TEMPORAL_ADDRESS: address, DATABASE_URL: url });
  const catalogue = createCatalogue(app.domains, settingsIn(config));
  const workers = await Promise.all(
    Object.entries(app.pools).map(async ([name, pool]) => {
      const registry = createRegistry('test');
      const worker = await workerOf(name, pool)({ app, config, catalogue, registry, log: silentLog });
      worker.failed?.catch(() => undefined);
      return worker;
    }),
  );
  const client = createTemporalClient({ address, namespace: 'default' });

  const process = app.domains[0]?.workflows.find(({ name }) => name === 'alert') as ProcessDefinition;
  const deviceId = `dev-${randomUUID()}`;
  const device = driveProcess(client, { process, routes: catalogue.routes, key: deviceId });
  const at = '2026-01-15T10:30:00Z';
  const contract = (fact: string) => {
    const found = app.domains[0]?.events.find(({ type }) => type.includes(`.alerts.${fact}.`));
    if (!found) throw new Error(`the example has no event ${fact}`);
    return found;
  };
  const [raised, resolved] = [contract('raised'), contract('resolved')];
  const raise = (alertId: string) =>
    device.send(raised, { deviceId, alertId, temperature: 85, at }, `${alertId}-raised`);
  const resolve = (alertId: string) =>
    device.send(resolved, { deviceId, by: 'ada', at }, `${alertId}-resolved`);
  const rows = () =>
    Promise.all([
      database.query<{ alert_id: string; state: string }>(
        'select alert_id, state from devices.tickets where device_id = $1 order by alert_id',
        [deviceId],
      ),
      database.query<{ key: string }>('select key, state, updated_at from sagaline.effects order by key'),
    ]);

  try {
    for (const alertId of ALERTS) {
      await raise(alertId);
      await resolve(alertId);
      expect(await device.result()).toMatchObject({ state: 'resolved' });
    }
    const before = await rows();
    expect(before[0]).toEqual(ALERTS.map((alert_id) => ({ alert_id, state: 'solved' })));
    for (const alertId of ALERTS) {
      expect(await raise(alertId)).toEqual({ kind: 'repeated' });
      expect(await resolve(alertId)).toEqual({ kind: 'repeated' });
    }
    // Temporal forgets the whole process; what is written beside the effects does not.
    const forgotten = { namespace: 'default', workflowExecution: { workflowId: device.handle.workflowId } };
    await raise('a-4');
    await device.untilState('awaiting-level-1');
    // The state is shown before the step that it waits for.
    const notified = async () => (await rows())[1].filter(({ key }) => key.includes(':notifyOncall:')).length;
    const earlier = before[1].filter(({ key }) => key.includes(':notifyOncall:')).length;
    await until('the on-call is notified', async () => (await notified()) > earlier);
    const open = await rows();
    await client.workflowService.deleteWorkflowExecution(forgotten);
    while (await device.handle.describe().catch(() => undefined)) await Promise.resolve();
    for (const alertId of ALERTS) {
      expect(await raise(alertId)).toEqual({ kind: 'accepted' });
      expect(await device.result()).toMatchObject({ state: 'repeated' });
    }
    expect(await rows()).toEqual(open);
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
    await client.connection.close();
    await records.end();
  }
});
