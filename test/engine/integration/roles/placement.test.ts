// A capability is placed with the workflow's pool, or is so no more, while sagas are open: each ends as it began, its effects once.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { oncall } from '../../../../examples/device-alerts/domain/capabilities';
import { alertRaised, alertResolved } from '../../../../examples/device-alerts/domain/events';
import { devices } from '../../../../examples/device-alerts/workers/devices';
import { createPublisher } from '../../../../src/adapters/nats';
import { createRegistry } from '../../../../src/adapters/prometheus';
import type { EventContract } from '../../../../src/contracts';
import { createCatalogue, encodeEvent, newEvent, placedIn, sourceFor } from '../../../../src/contracts';
import { appConfig, settingsIn } from '../../../../src/runtime/config';
import type { LoadedApp } from '../../../../src/runtime/app';
import { loadApp } from '../../../../src/runtime/load';
import type { RunningRole } from '../../../../src/runtime/role';
import { rolesOf } from '../../../../src/runtime/roles';
import { quietRuntime } from '../../../../src/testing';
import type { TestDatabase } from '../../../support/database';
import { createTestDatabase } from '../../../support/database';
import { silentLog } from '../../../support/log';
import { createTestNamespace } from '../../../support/namespace';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { until } from '../../../support/until';

jest.setTimeout(120_000);

const EXAMPLE = path.resolve(__dirname, '../../../../examples/device-alerts');
/** What the template of the tests' databases does not have. */
const TABLES = path.join(EXAMPLE, 'activities/migrations/1770000000000_devices.sql');
const STEPS_WITHIN_MS = 30_000;
const { at } = alertRaised.example;

/** The example as it is, and with its on-call placed with the pool of the workflows. */
const onQueues = loadApp(EXAMPLE);
const placed: LoadedApp = {
  ...onQueues,
  pools: { ...onQueues.pools, devices: { ...devices, places: [oncall] } },
};

let nats: TestNats;
let temporal: { client: Client; address: string; namespace: string };
let db: TestDatabase;
let running: RunningRole[] = [];

beforeAll(async () => {
  quietRuntime();
  [nats, temporal, db] = await Promise.all([startTestNats(), createTestNamespace(), createTestDatabase()]);
  await db.database.query(await readFile(TABLES, 'utf8'));
});
afterEach(stopRoles);
afterAll(async () => {
  await temporal.client.connection.close();
  await db.end();
  await nats.stop();
});

async function stopRoles(): Promise<void> {
  await Promise.all(running.map((role) => role.stop()));
  running = [];
}

/** The processes of a deployment, each with one of these configurations. */
async function start(roles: Readonly<Record<string, LoadedApp>>): Promise<void> {
  await stopRoles();
  running = await Promise.all(
    Object.entries(roles).map(async ([name, app]) => {
      const config = appConfig(app, [], {
        NATS_URL: nats.url,
        TEMPORAL_ADDRESS: temporal.address,
        TEMPORAL_NAMESPACE: temporal.namespace,
        DATABASE_URL: db.url,
        // Nobody answers before the configuration has changed.
        ALERT_ACKNOWLEDGE_WITHIN_MS: '3600000',
      });
      const catalogue = createCatalogue(app.domains, settingsIn(config));
      const role = rolesOf(app)[name];
      if (!role) throw new Error(`the example has no role ${name}`);
      const started = await role({ app, config, catalogue, registry: createRegistry(name), log: silentLog });
      started.failed?.catch(() => undefined);
      return started;
    }),
  );
}

async function tell<Data>(contract: EventContract<string, Data>, data: Data): Promise<void> {
  const publish = createPublisher(nats.connection.jetstream());
  const source = sourceFor(contract, '/test');
  await publish(encodeEvent(newEvent(contract, { id: randomUUID(), data }), { source }));
}

/** Raises an alert, and waits until the on-call is told of it. */
async function openAlert(): Promise<{ deviceId: string; handle: WorkflowHandle }> {
  const deviceId = `dev-${randomUUID()}`;
  await tell(alertRaised, { ...alertRaised.example, deviceId });
  await until(
    'the on-call is told',
    async () => (await rowsOf('devices.notifications', deviceId)).length === 1,
    STEPS_WITHIN_MS,
  );
  return { deviceId, handle: temporal.client.workflow.getHandle(`alert-${deviceId}`) };
}

function rowsOf(table: string, deviceId: string) {
  return db.database.query<{ state?: string }>(`select * from ${table} where device_id = $1`, [deviceId]);
}

/** The ordinary activities of a saga, each with its task queue. */
async function scheduledBy(handle: WorkflowHandle): Promise<string[]> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: task }) =>
    task ? [`${task.activityType?.name} on ${task.taskQueue?.name}`] : [],
  );
}

async function expectResolvedOnce(deviceId: string, handle: WorkflowHandle): Promise<void> {
  expect(await handle.result()).toMatchObject({ state: 'resolved' });
  expect(await rowsOf('devices.tickets', deviceId)).toMatchObject([{ state: 'solved' }]);
  expect(await rowsOf('devices.notifications', deviceId)).toHaveLength(1);
  const effects = await db.database.query<{ step: string }>(
    `select split_part(key, ':', 2) as step from sagaline.effects where key like $1 order by step`,
    [`${deviceId}.%`],
  );
  expect(effects.map(({ step }) => step)).toEqual([
    'closeAlert',
    'ended',
    'notifyOncall',
    'openAlert',
    'openTicket',
    'solveTicket',
  ]);
}

const ON_QUEUES = ['openTicket on oncall', 'notifyOncall on oncall', 'solveTicket on oncall'];

test('sagas that began on the queues end there when the capability is placed; the next ones begin placed', async () => {
  await start({ bridge: onQueues, 'worker:devices': onQueues, 'worker:oncall': onQueues });
  const before = await openAlert();

  await start({ bridge: placed, 'worker:devices': placed, 'worker:oncall': placed });
  await tell(alertResolved, { deviceId: before.deviceId, by: 'ada', at });
  await expectResolvedOnce(before.deviceId, before.handle);
  expect(await scheduledBy(before.handle)).toEqual(ON_QUEUES);

  const after = await openAlert();
  await tell(alertResolved, { deviceId: after.deviceId, by: 'ada', at });
  await expectResolvedOnce(after.deviceId, after.handle);
  expect(await scheduledBy(after.handle)).toEqual([]);
  expect(placedIn((await after.handle.describe()).memo)).toEqual(['oncall']);
});

test('a placed saga needs no pool of the capability, and ends on its queue when the capability is placed no more', async () => {
  await start({ bridge: placed, 'worker:devices': placed });
  const before = await openAlert();
  expect(await scheduledBy(before.handle)).toEqual([]);

  await start({ bridge: onQueues, 'worker:devices': onQueues, 'worker:oncall': onQueues });
  await tell(alertResolved, { deviceId: before.deviceId, by: 'ada', at });
  await expectResolvedOnce(before.deviceId, before.handle);
  // As a local activity, then once more with the pool, which does not have it any more.
  expect(await scheduledBy(before.handle)).toEqual(['solveTicket on devices', 'solveTicket on oncall']);
});

test('a bridge that places before its workers do breaks nothing', async () => {
  await start({ bridge: placed, 'worker:devices': onQueues, 'worker:oncall': onQueues });
  const { deviceId, handle } = await openAlert();
  await tell(alertResolved, { deviceId, by: 'ada', at });
  await expectResolvedOnce(deviceId, handle);
});
