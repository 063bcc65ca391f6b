import type { ChildProcess } from 'node:child_process';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
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
  const database = new Client({
    connectionString: `postgresql://sagaline:sagaline@127.0.0.1:${settings['POSTGRES_PORT'] ?? ''}/sagaline`,
  });
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

test('Ctrl-C ends everything, in order, and leaves no port taken', async () => {
  start.kill('SIGINT');
  const [code] = (await once(start, 'exit')) as [number | null];
  expect(code).toBe(0);
  for (const [name, port] of Object.entries(settings).filter(([setting]) => setting.endsWith('_PORT'))) {
    await assertPortFree(Number(port), name, name);
  }
});

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
