// `npx sagaline replay`: before a deploy, with the histories in Temporal; and with those of the repository.
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { RefusalError } from '../../../../src/contracts';
import { shop } from '../../../../domains/shop';
import { REFUSALS } from '../../../../domains/shop/names';
import { quietRuntime, replayHistory } from '../../../../src/testing';
import { demandStage } from '../../replay/demand-scenarios';
import type { TestCli } from '../../../support/cli';
import { testCli } from '../../../support/cli';
import { createTestNamespace } from '../../../support/namespace';
import { driveOrder } from '../../support/order/driver';
import type { ShopWorkers } from '../../support/order/environment';
import { deployShop, startShopWorkers } from '../../support/order/environment';
import { prepared } from '../../../support/setup/handover';
import { until } from '../../../support/until';

const HISTORIES = path.resolve(__dirname, '../../replay/histories');
const HOUR_MS = 60 * 60_000;

jest.setTimeout(60_000);

let temporal: { client: Client; address: string; namespace: string };
let connection: NativeConnection;
let workers: ShopWorkers;

/** One order open and one closed, and a batcher open, on workers of a version. */
beforeAll(async () => {
  quietRuntime();
  temporal = await createTestNamespace();
  const { client, address, namespace } = temporal;
  connection = await NativeConnection.connect({ address });
  workers = await startShopWorkers({ connection, namespace, buildId: '1' });
  await deployShop(client, '1');
  const { shop } = workers;
  shop.fail('reserveStock', new RefusalError(REFUSALS.outOfStock, 'There are none left.'));
  const closed = driveOrder(client, 'closed');
  await closed.submit();
  await closed.result();
  const open = driveOrder(client, 'open');
  await open.submit();
  await open.untilState('awaiting-dispatch');
  await demandStage(client, 'ARTICLE', { shop, pause: sleep }).view({ size: 100, withinMs: HOUR_MS }, 2);
  const listed = (status: string) => client.workflow.count(`ExecutionStatus = '${status}'`);
  await until('all are listed', async () => {
    const [{ count: going }, { count: done }] = [await listed('Running'), await listed('Completed')];
    const { count: pinned } = await client.workflow.count("TemporalWorkflowVersioningBehavior = 'Pinned'");
    return going === 2 && done === 1 && pinned === 2;
  });
}, 60_000);
afterAll(async () => {
  await workers.stop();
  await connection.close();
  await temporal.client.connection.close();
});

/** The command line of a folder with these workflows. */
function cli(bundle: 'product' | 'pause' | 'sequence'): TestCli {
  const settings = { TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: temporal.namespace };
  const codePath = prepared('bundles')[bundle];
  return testCli(settings, [shop], undefined, {
    replayer: () =>
      Promise.resolve({
        replay: (history, id) => replayHistory(history, { codePath }, { workflowId: id }),
        close: () => Promise.resolve(),
      }),
  });
}

const lines = (text: string) => text.split('\n').map((line) => line.trimEnd());

test('the histories of the server replay with the code that has made them', async () => {
  const said = await cli('product')('replay', '--from-server');
  expect(said).toMatchObject({ code: 0, error: '' });
  expect(lines(said.out)).toEqual([
    'workflow   histories   open   replay   do not',
    '────────   ─────────   ────   ──────   ──────',
    'demand     1           1      1        0',
    'order      2           1      2        0',
  ]);
});

test('with code that takes other steps, each tells its first difference, and where to look', async () => {
  const said = await cli('pause')('replay', '--from-server', '--workflow', 'order');
  expect(said).toMatchObject({ code: 1, error: '' });
  const { runId } = await driveOrder(temporal.client, 'open').handle.describe();
  const [head, ...rest] = said.out.slice(said.out.indexOf('order order-open')).split('\n');
  expect(head).toMatch(new RegExp(`^order order-open, run ${runId}, open: differs at event \\d+$`));
  expect(rest.slice(0, 4).join('\n')).toMatch(
    /^ {2}the history: local activity openOrder.*\n {2}the code: {4}.+\n {2}the SDK: {5}.+\n {2}see: {9}http:\/\/127/,
  );
  expect(said.out).toContain(`/workflows/order-open/${runId}/timeline`);
  expect(lines(said.out).at(-1)).toBe('order      2           1      0        2');

  const json = await cli('pause')('replay', '--from-server', '--workflow', 'order', '-o', 'json');
  expect(json.code).toBe(1);
  expect(json.json()).toMatchObject({
    histories: 2,
    findings: [
      { workflow: 'order', workflowId: 'order-closed', open: false, kind: 'differs' },
      { workflow: 'order', workflowId: 'order-open', runId, open: true, kind: 'differs' },
    ],
  });
});

test('open workflows come first', async () => {
  const first = await cli('pause')(
    'replay',
    '--from-server',
    '--workflow',
    'order',
    '--limit',
    '1',
    '-o',
    'json',
  );
  expect(first.json()).toMatchObject({ histories: 1, findings: [{ workflowId: 'order-open' }] });
});

test('those that are pinned to a version can be left out', async () => {
  const unpinned = await cli('sequence')('replay', '--from-server', '--unpinned', '-o', 'json');
  expect(unpinned.json()).toMatchObject({ histories: 1, findings: [{ workflow: 'demand' }] });
});

test('what cannot be asked for is said', async () => {
  const run = cli('product');
  expect(await run('replay')).toMatchObject({ code: 2 });
  expect(await run('replay', HISTORIES, '--from-server')).toMatchObject({ code: 2 });
  const unknown = await run('replay', '--from-server', '--workflow', 'ordre');
  expect(unknown).toMatchObject({
    code: 1,
    error: 'unknown-workflow: there is no workflow "ordre"; known are order, demand, repair, reconciliation',
  });
  const missing = await run('replay', 'no/such.json');
  expect(missing).toMatchObject({ code: 1, error: 'no-such-file: there is no file or folder no/such.json' });
  const noHistory = await run('replay', path.resolve(HISTORIES, '../../../../tsconfig.json'), '-o', 'json');
  expect(noHistory.code).toBe(1);
});

test('a file of the repository, with the code of today and with code that breaks it', async () => {
  const file = path.join(HISTORIES, 'completed.json');
  expect(await cli('product')('replay', file)).toMatchObject({ code: 0 });
  const broken = await cli('pause')('replay', file);
  expect(broken.code).toBe(1);
  expect(broken.out).toMatch(/^order completed: differs at event 6$/m);
});
