// Our workflow threads on a real server: what is left out of the SDK's, and what must not be.
import type { Client, WorkflowHandle } from '@temporalio/client';
import { WorkflowFailedError } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { createWorker } from '../../../../src/runtime/workflows/threads';
import { quietRuntime } from '../../../../src/testing';
import { CLOSED, NOTED } from '../../../support/journal/names';
import type { JournalResult } from '../../../support/journal/workflow';
import { createTestNamespace } from '../../../support/namespace';
import { pingOf } from '../../../support/ping/tally-driver';
import { PONGED } from '../../../support/ping/names';
import { prepared } from '../../../support/setup/handover';
import { until } from '../../../support/until';

/** As many as show it: a hook too few loses some of them, not all. */
const JOURNALS = 100;

jest.setTimeout(60_000);

let temporal: { client: Client; address: string; namespace: string };
let connection: NativeConnection;

beforeAll(async () => {
  quietRuntime();
  temporal = await createTestNamespace();
  connection = await NativeConnection.connect({ address: temporal.address });
});
afterAll(async () => {
  await connection.close();
  await temporal.client.connection.close();
});

async function withWorker<Result>(
  promiseTraces: 'on' | 'off',
  act: (client: Client) => Promise<Result>,
): Promise<Result> {
  const worker = await createWorker(
    {
      ...{ connection, namespace: temporal.namespace, taskQueue: promiseTraces },
      workflowBundle: { codePath: prepared('bundles').ping },
    },
    { promiseTraces },
  );
  return worker.runUntil(act(temporal.client));
}

const eventOf = (type: string, journalId: string, id: string) => ({
  ...{ id, source: '/test', type, key: journalId },
  data: { journalId },
});

/** Opens a journal by an event; nobody works on it yet. */
async function opened(taskQueue: string, key: string, ...more: readonly string[]) {
  const [first, ...others] = ['1', ...more].map((id) =>
    id === 'end' ? eventOf(CLOSED, key, id) : eventOf(NOTED, key, id),
  );
  const handle = await temporal.client.workflow.signalWithStart('journal', {
    ...{ workflowId: `${taskQueue}-${key}`, taskQueue, args: [{ key }] },
    ...{ signal: NOTED, signalArgs: [first] },
  });
  for (const event of others) await handle.signal(event.type, event);
  return handle;
}

async function failedTasks(handle: WorkflowHandle): Promise<number> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).filter(({ workflowTaskFailedEventAttributes: failure }) => failure).length;
}

test('off: events that came before the first workflow task are applied, in order', async () => {
  const keys = Array.from({ length: JOURNALS }, (_, number) => `journal-${number}`);
  const journals = await Promise.all(keys.map((key) => opened('off', key, '2', '3', 'end')));
  const results = await withWorker('off', () =>
    Promise.all(journals.map((journal) => journal.result() as Promise<JournalResult>)),
  );
  expect(results.map(({ applied }) => applied)).toEqual(keys.map(() => ['1', '2', '3']));
  // On Node 20 a workflow task fails in which AsyncLocalStorage gets no hook.
  const failed = await Promise.all(journals.map((journal) => failedTasks(journal)));
  expect(failed.filter((count) => count > 0)).toEqual([]);
});

test('on: Temporal is told where each promise was made', async () => {
  const journal = await opened('on', 'traced');
  const trace = await withWorker('on', () => journal.query<string>('__stack_trace'));
  expect(trace).toContain('test/support/journal/workflow');
});

test('off: a query for it is refused with the reason', async () => {
  const journal = await opened('off', 'untraced');
  await withWorker('off', () =>
    expect(journal.query('__stack_trace')).rejects.toThrow('Workflow stack traces are not enabled'),
  );
});

test.each(['on', 'off'] as const)(
  'a failure tells the line of the workflow that has thrown it: %s',
  async (traces) => {
    const failing = await temporal.client.workflow.signalWithStart('ping', {
      ...{ workflowId: `${traces}-failing`, taskQueue: traces, args: [{ key: 'failing' }] },
      ...{ signal: PONGED, signalArgs: [{ ...pingOf('failing', '1', 'fail'), type: PONGED }] },
    });
    const failure: unknown = await withWorker(traces, () =>
      failing.result().catch((error: unknown) => error),
    );
    expect(failure).toBeInstanceOf(WorkflowFailedError);
    expect((failure as WorkflowFailedError).cause?.stack).toContain('test/support/ping/workflow');
  },
);

test('the SDK says nothing of a missing hook on the console', async () => {
  const said = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  await withWorker('off', () => Promise.resolve());
  const lines = said.mock.calls.map(([line]) => String(line));
  said.mockRestore();
  expect(lines.join('')).not.toContain('promiseHooks');
});

test.each([
  ['at once', false],
  ['after a promise', true],
])('an endless workflow: its task fails with the reason, and the others go on: %s', async (name, later) => {
  const taskQueue = `endless-${String(later)}`;
  const worker = await createWorker(
    {
      ...{ connection, namespace: temporal.namespace, taskQueue },
      ...{ workflowBundle: { codePath: prepared('bundles').ping }, isolateExecutionTimeout: 400 },
    },
    { promiseTraces: 'off' },
  );
  await worker.runUntil(async () => {
    const { workflow } = temporal.client;
    const endless = await workflow.start('endless', { workflowId: name, taskQueue, args: [{ later }] });
    const failed = await until('its task has failed', async () =>
      (await endless.fetchHistory()).events?.find(({ workflowTaskFailedEventAttributes: task }) => task),
    );
    expect(failed.workflowTaskFailedEventAttributes?.failure?.message).toBe(
      'Script execution timed out after 400ms',
    );
    const other = await workflow.signalWithStart('ping', {
      ...{ workflowId: `beside ${name}`, taskQueue, args: [{ key: name }] },
      ...{ signal: PONGED, signalArgs: [{ ...pingOf(name, '1', 'complete'), type: PONGED }] },
    });
    expect(await other.result()).toMatchObject({ state: 'ponged after 0' });
    await endless.terminate();
  });
});
