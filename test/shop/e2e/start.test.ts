import type { ChildProcess } from 'node:child_process';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual, promisify } from 'node:util';
import { connect } from 'nats';
import { Client } from 'pg';
import { ownStackSettings } from '../../../demo/local-settings';
import { environment } from '../../../src/config';
import { assertPortFree, findServer } from '../../../src/dev/stack';
import { QUICK_START } from '../../support/quick-start';

/** `npm start` as a newcomer uses it, from outside: nothing here calls into the project but to find a free port. */

const ROOT = path.resolve(__dirname, '../../..');
const UP_WITHIN_MS = 120_000;
const ENDED_WITHIN_MS = 30_000;
const ORDERS_WITHIN_MS = 90_000;
/** Processes start, with commands that compile the sources, on a machine with other work to do. */
const SCALED_WITHIN_MS = 3 * UP_WITHIN_MS;
const LOOK_MS = 200;

const dataDir = mkdtempSync(path.join(tmpdir(), 'sagaline-e2e-'));
let settings: Record<string, string>;
let start: ChildProcess;
let output = '';

beforeAll(async () => {
  settings = await ownStackSettings(dataDir);
  const more = ['--workers', 'payments=2', '--bridges', '2', '--relays', '2'];
  start = spawn(
    process.execPath,
    ['--conditions=sagaline-source', 'bin/sagaline.mjs', 'start', '--no-tour', ...more],
    {
      cwd: ROOT,
      env: { ...environment(), ...settings, ...QUICK_START },
    },
  );
  start.stdout?.on('data', (chunk) => (output += String(chunk)));
  start.stderr?.on('data', (chunk) => (output += String(chunk)));
  await eventually(() => Promise.resolve(output.includes('All is up') || undefined), UP_WITHIN_MS);
}, UP_WITHIN_MS);

afterAll(async () => {
  if (start.exitCode === null) {
    start.kill('SIGINT');
    await once(start, 'exit');
  }
  rmSync(dataDir, { recursive: true, force: true });
}, ENDED_WITHIN_MS);

const databaseUrl = () =>
  `postgresql://sagaline:sagaline@127.0.0.1:${settings['POSTGRES_PORT'] ?? ''}/sagaline`;
const gateway = () => `http://127.0.0.1:${settings['GATEWAY_PORT'] ?? ''}`;
const example = readFileSync(path.join(ROOT, 'docs/examples/order-submitted.json'), 'utf8');
const contentType = { 'content-type': 'application/cloudevents+json' };

test('as many processes run as were asked for', async () => {
  expect(output).toContain('bridge × 2, console, gateway, inventory');
  expect(output).toContain('payments × 2');
  // Each worker polls under an identity of its own.
  const { pollers } = await taskQueue('payments', 'activity');
  expect(new Set(pollers.map(({ identity }) => identity)).size).toBe(2);
});

test('new work goes to the workers that were started', async () => {
  const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    version: string;
  };
  const current = async (...queue: Parameters<typeof taskQueue>) =>
    (await taskQueue(...queue)).versioning_info?.current_deployment_version;
  expect(await current('orders', 'workflow')).toEqual({
    deployment_name: 'sagaline-orders',
    build_id: 'development',
  });
  expect(await current('payments', 'activity')).toEqual({
    deployment_name: 'sagaline-payments',
    build_id: version,
  });
});

interface TaskQueue {
  readonly pollers: readonly { readonly identity: string }[];
  readonly versioning_info?: { readonly current_deployment_version?: object };
}

/** In the CLI's other mode the pollers that have a version of a deployment are missing. */
async function taskQueue(name: string, type: 'workflow' | 'activity'): Promise<TaskQueue> {
  const mode = ['--legacy-mode', '--task-queue-type-legacy', type, '-o', 'json'];
  return JSON.parse(await temporalCli('task-queue', 'describe', '--task-queue', name, ...mode)) as TaskQueue;
}

test('an order sent over HTTP completes, and the Temporal CLI lists it', async () => {
  const answer = await fetch(`${gateway()}/events`, { method: 'POST', headers: contentType, body: example });
  expect(answer.status).toBe(202);
  expect(await answer.json()).toMatchObject({ stream: 'EVENTS', duplicate: false });
  await eventually(async () => (await completedOrders()).includes('order-my-first-order') || undefined);

  const again = await fetch(`${gateway()}/events`, { method: 'POST', headers: contentType, body: example });
  expect(await again.json()).toMatchObject({ duplicate: true });
});

test('an order published to NATS by a stranger completes', async () => {
  const nats = await connect({ servers: `nats://127.0.0.1:${settings['NATS_PORT'] ?? ''}` });
  const event = example.replaceAll('my-first-order', 'from-nats');
  const receipt = await nats.jetstream().publish('evt.orders.submitted.v1.from-nats', event);
  expect(receipt.stream).toBe('EVENTS');
  await nats.close();
  await eventually(async () => (await completedOrders()).includes('order-from-nats') || undefined);
});

test('what the orders did is in PostgreSQL, and their events are in the stream', async () => {
  const database = new Client({ connectionString: databaseUrl() });
  await database.connect();
  const rows = async (query: string) => (await database.query<Record<string, unknown>>(query)).rows;
  expect(await rows('select order_id, state from orders.orders order by 1')).toEqual([
    { order_id: 'from-nats', state: 'completed' },
    { order_id: 'my-first-order', state: 'completed' },
  ]);
  expect(await rows("select reserved, shipped from inventory.stock where sku = 'TEA-GREEN-250'")).toEqual([
    { reserved: '0', shipped: '4' },
  ]);
  await eventually(async () => {
    const [{ waiting } = {}] = await rows(
      'select count(*) as waiting from sagaline.outbox where published_at is null',
    );
    return waiting === '0' || undefined;
  });
  await database.end();
});

test('a wrong event is refused with problem details', async () => {
  const answer = await fetch(`${gateway()}/events`, {
    method: 'POST',
    headers: contentType,
    body: example.replace('"quantity": 2', '"quantity": 0'),
  });
  expect(answer.status).toBe(422);
  expect(await answer.json()).toMatchObject({ reason: 'invalid-data', path: 'data.lines[0].quantity' });
});

/** Half of them are submitted while processes come, and half while they go. */
const ORDERS = 60;
/** The commands take a few seconds: the orders are under way when the first process ends, and when the last one does. */
const PACE_MS = 400;

test(
  'processes come and go under orders, and each order ends once',
  async () => {
    const sent: string[] = [];
    const submit = async () => {
      const id = `scaled-${sent.length}`;
      const body = example.replaceAll('my-first-order', id);
      const answer = await fetch(`${gateway()}/events`, { method: 'POST', headers: contentType, body });
      expect(answer.status).toBe(202);
      sent.push(`order-${id}`);
    };
    const scaled = async (...counts: string[]) => {
      const half = sent.length + ORDERS / 2;
      const [answer] = await Promise.all([
        sagaline('scale', ...counts),
        (async () => {
          while (sent.length < half) await Promise.all([submit(), sleep(PACE_MS)]);
        })(),
      ]);
      return answer['roles'];
    };

    expect(await scaled('orders=2', 'payments=3', 'bridges=3')).toEqual([
      { name: 'orders', before: 1, now: 2 },
      { name: 'payments', before: 2, now: 3 },
      { name: 'bridges', before: 2, now: 3 },
    ]);
    expect(await scaled('orders=1', 'payments=1', 'bridges=1', 'relays=1')).toEqual([
      { name: 'orders', before: 2, now: 1 },
      { name: 'payments', before: 3, now: 1 },
      { name: 'bridges', before: 3, now: 1 },
      { name: 'relays', before: 2, now: 1 },
    ]);

    // With the two orders of the tests before.
    const all = sent.length + 2;
    const once = {
      ...{ orders: `${all} completed`, payments: `${all} captured`, shipments: `${all} booked` },
      ...{ notices: `${all} of ${all}`, shipped: String(2 * all), reserved: '0' },
    };
    await eventually(
      async () => isDeepStrictEqual(await ledger(), once) || undefined,
      ORDERS_WITHIN_MS,
    ).catch(() => undefined);
    expect(await ledger()).toEqual(once);
    expect((await sagaline('dead-letters', 'list'))['deadLetters']).toEqual([]);
    for (const name of [
      'worker-orders-2',
      'worker-payments-2',
      'worker-payments-3',
      'bridge-2',
      'bridge-3',
      'relay-2',
    ])
      expect(readFileSync(path.join(dataDir, 'logs', `${name}.log`), 'utf8')).toContain('has stopped');
    expect(output).not.toContain('killing it');
  },
  SCALED_WITHIN_MS,
);

test.each([
  ['a pool that there is not', ['payment=2'], 2, 'unknown-pool'],
  ['no process at all', ['payments=0'], 2, 'usage'],
])('%s is refused', async (_, counts, exitCode, code) => {
  const failed = await sagaline('scale', ...counts).catch((error: unknown) => error);
  expect(failed).toMatchObject({ code: exitCode });
  const { stderr } = failed as { readonly stderr: string };
  expect(JSON.parse(stderr)).toMatchObject({ error: { code } });
});

test('Ctrl-C ends everything, in order, and leaves no port taken', async () => {
  start.kill('SIGINT');
  const [code] = (await once(start, 'exit')) as [number | null];
  expect(code).toBe(0);
  for (const [name, port] of Object.entries(settings).filter(([setting]) => setting.endsWith('_PORT'))) {
    await assertPortFree(Number(port), name, name);
  }
});

/** What all orders did together: how many there are in each state, and of what. */
async function ledger(): Promise<object | undefined> {
  const database = new Client({ connectionString: databaseUrl() });
  await database.connect();
  try {
    const states = (table: string) =>
      `(select string_agg(n || ' ' || state, ', ' order by state) from (select state, count(*) as n from ${table} group by 1) as all_of)`;
    const { rows } = await database.query<object>(`select
      ${states('orders.orders')} as orders, ${states('payments.payments')} as payments,
      ${states('logistics.shipments')} as shipments,
      (select count(distinct order_id) || ' of ' || count(*) from notifications.messages) as notices,
      shipped, reserved from inventory.stock where sku = 'TEA-GREEN-250'`);
    return rows[0];
  } finally {
    await database.end();
  }
}

/** A command as an operator gives it, with what it prints as JSON. */
async function sagaline(...args: string[]): Promise<Record<string, unknown>> {
  const command = ['--conditions=sagaline-source', 'bin/sagaline.mjs', ...args, '-o', 'json'];
  const natsUrl = `nats://127.0.0.1:${settings['NATS_PORT'] ?? ''}`;
  const env = {
    ...environment(),
    ...settings,
    ...QUICK_START,
    NATS_URL: natsUrl,
    DATABASE_URL: databaseUrl(),
  };
  const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: ROOT, env });
  return JSON.parse(stdout) as Record<string, unknown>;
}

async function temporalCli(...args: string[]): Promise<string> {
  const address = ['--address', `127.0.0.1:${settings['TEMPORAL_PORT'] ?? ''}`];
  const binary = findServer('temporal', environment()['PATH']);
  const { stdout } = await promisify(execFile)(binary, [...args, ...address]);
  return stdout;
}

async function completedOrders(): Promise<string[]> {
  const stdout = await temporalCli('workflow', 'list', '--query', 'SagaState="completed"', '-o', 'json');
  const found = JSON.parse(stdout) as { execution: { workflowId: string } }[];
  return found.map(({ execution }) => execution.workflowId);
}

/** The first answer that is not `undefined`. */
async function eventually<Value>(
  ask: () => Promise<Value | undefined>,
  withinMs = ENDED_WITHIN_MS,
): Promise<Value> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (start.exitCode !== null || Date.now() > deadline)
      throw new Error(`not in time; npm start said:\n${output}`);
    await sleep(LOOK_MS);
  }
}
