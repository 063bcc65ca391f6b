// A workflow whose tasks fail stands in no state of its own: it is in the list of what is tried again.
import type { Client } from '@temporalio/client';
import { testTemporal } from '../support/bridge';
import { testCli } from '../support/cli';
import { newKey } from '../support/ping/events';
import { PING_QUEUE } from '../support/ping/names';
import { startPingWorker } from '../support/ping/worker';
import { prepared } from '../support/setup/handover';
import { until } from '../support/until';

/** The second attempt of a task comes after ten seconds. */
const LISTED_MS = 45_000;

jest.setTimeout(60_000);

let temporal: Client;
let worker: Awaited<ReturnType<typeof startPingWorker>>;

beforeAll(async () => {
  temporal = testTemporal();
  worker = await startPingWorker();
});
afterAll(async () => {
  await worker.stop();
  await temporal.connection.close();
});

const start = (workflowId: string, sound: boolean) =>
  temporal.workflow.start('broken', { workflowId, taskQueue: PING_QUEUE, args: [{ sound }] });

test('it is listed with its attempts and the failure, and one that goes on is not', async () => {
  const [failing, sound] = [`broken-${newKey()}`, `sound-${newKey()}`];
  const handles = await Promise.all([start(failing, false), start(sound, true)]);
  const { temporalAddress } = prepared('servers');
  const cli = testCli({ TEMPORAL_ADDRESS: temporalAddress, TEMPORAL_NAMESPACE: 'default' });
  const args = ['--for', '1s', '--query', 'WorkflowType = "broken"'];
  const listed = async () =>
    (await cli('sagas', 'retrying', '-o', 'json', ...args)).json() as {
      retrying: { workflowId: string; attempts: number; since: string }[];
      causes: object[];
    };
  const { retrying, causes } = await until(
    'the workflow in the list',
    async () => {
      const list = await listed();
      return list.retrying.length > 0 && list;
    },
    LISTED_MS,
  );
  expect(retrying).toMatchObject([
    {
      workflowId: failing,
      workflow: 'broken',
      step: 'workflow task',
      since: expect.stringMatching(/^\d{4}-/),
    },
  ]);
  expect(retrying[0]?.attempts).toBeGreaterThan(1);
  expect(causes).toEqual([{ step: 'workflow task', lastFailure: 'nobody has thought of this', count: 1 }]);
  await Promise.all(handles.map((handle) => handle.terminate()));
});
