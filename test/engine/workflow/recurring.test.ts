// A process that recurs and is not written as one has no effect: its workflow task fails by name, or the workflow itself.
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { createWorkflows } from '../../../src/adapters/temporal';
import type { DomainEvent, ProcessDefinition } from '../../../src/contracts';
import {
  identityOf,
  OCCURRENCE_MEMO,
  OCCURRENCE_REPEATED,
  occurrenceOf,
  SAGA_STATE,
  SEARCH_ATTRIBUTES,
} from '../../../src/contracts';
import type { Occurrences } from '../../../src/effects';
import { deadLetterStoreActivities, occurrenceActivities } from '../../../src/effects';
import type { DeadLetterStep, OccurrenceStep } from '../../../src/testing';
import {
  createFakeDeadLetters,
  createFakeOccurrences,
  createScript,
  startSkippingServer,
} from '../../../src/testing';
import { AGAIN, PING_QUEUE } from '../../support/ping/names';
import { prepared } from '../../support/setup/handover';
import { until } from '../../support/until';

const SERVER_WITHIN_MS = 60_000;

let env: TestWorkflowEnvironment;
let stop: () => Promise<void>;
const script = createScript<OccurrenceStep | DeadLetterStep>();
const deadLetters = createFakeDeadLetters(script);
const occurrences: Occurrences = createFakeOccurrences(script);
const taken: string[] = [];

beforeAll(async () => {
  env = await startSkippingServer();
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: PING_QUEUE,
    workflowBundle: { codePath: prepared('bundles').ping },
    activities: {
      takeIn: ({ key, event }: { key: string; event: DomainEvent }) => {
        taken.push(`${event.id} ${key}`);
        return Promise.resolve();
      },
      ...deadLetterStoreActivities(deadLetters),
      ...occurrenceActivities(occurrences),
    },
  });
  const ended = worker.run();
  stop = async () => {
    worker.shutdown();
    await ended;
  };
}, SERVER_WITHIN_MS);
afterAll(async () => {
  await stop();
  await env.teardown();
});

const again = (key: string, id: string, data: object = {}): DomainEvent => ({
  id,
  source: '/test',
  type: AGAIN,
  key,
  data: { probeId: key, ...data },
});

/** Opens a workflow as the bridge opens one that recurs, or does not. */
async function open(name: string, key: string, event: DomainEvent, recurs = true) {
  const workflowId = `${name}-${key}`;
  const workflow: ProcessDefinition = {
    name,
    taskQueue: PING_QUEUE,
    initialState: 'probing',
    summary: () => key,
  };
  const opening = recurs ? { opening: { occurrence: occurrenceOf(workflowId, event), seen: [] } } : {};
  const opened = await createWorkflows(env.client).signalWithStart(
    { workflow, workflowId, key, ...opening },
    event,
  );
  expect(opened).toEqual({ kind: 'answered', value: 'accepted' });
  return env.client.workflow.getHandle(workflowId);
}

async function failedTask(handle: Awaited<ReturnType<typeof open>>): Promise<string> {
  const message = await until('a workflow task fails', async () => {
    const { events } = await handle.fetchHistory();
    return events
      ?.map((event) => event.workflowTaskFailedEventAttributes?.failure?.message)
      .find((found) => found !== undefined && found !== null);
  });
  await handle.terminate();
  return message;
}

test('a step key without the occurrence fails the task before the step begins: nothing has an effect, or is compensated', async () => {
  const handle = await open('keyless', 'k-1', again('k-1', 'e-1'));
  expect(await failedTask(handle)).toBe(
    'the step takeIn has the key "k-1:takeIn:0", which lacks the occurrence: "keyless" recurs; make the key with stepKey(\'takeIn\') of its occurrence',
  );
  expect(taken).toEqual([]);
});

test('a process that recurs by its definition only fails its first task', async () => {
  const handle = await open('probe', 'k-2', again('k-2', 'e-1'));
  expect(await failedTask(handle)).toBe(
    '"probe" recurs by its definition: make its workflow with `recurring`, or drop `recurs`',
  );
});

test('a process that recurs by its code only fails at once', async () => {
  const handle = await open('recur', 'k-3', again('k-3', 'e-1'), false);
  await expect(handle.result()).rejects.toMatchObject({
    cause: { type: 'invalid-input', message: expect.stringContaining('give its definition `recurs: true`') },
  });
});

/** Opens a run as the one before it does, with events that were left. */
function openWith(key: string, waiting: readonly DomainEvent[]) {
  const workflowId = `recur-${key}`;
  const [first] = waiting;
  return env.client.workflow.start('recur', {
    workflowId,
    taskQueue: PING_QUEUE,
    args: [{ key, seen: waiting.map(identityOf), waiting }],
    memo: { [OCCURRENCE_MEMO]: first && occurrenceOf(workflowId, first) },
    typedSearchAttributes: [{ key: SAGA_STATE, value: 'probing' }],
  });
}

test('an occurrence that has ended does nothing, and what came behind its event opens the next one', async () => {
  const key = 'k-4';
  const id = `recur-${key}`;
  const [repeat, next] = [again(key, 'e-1'), again(key, 'e-2', { outcome: 'complete' })];
  await occurrences.endOccurrences({ correlationKey: key, occurrences: [occurrenceOf(id, repeat)] });
  const alone = await open('recur', key, repeat);
  expect(await alone.result()).toMatchObject({ state: OCCURRENCE_REPEATED, seen: ['/test e-1'] });
  expect(taken).toEqual([]);
  const handle = await openWith(key, [repeat, next]);
  expect(await handle.result()).toMatchObject({ state: 'completed', seen: ['/test e-1', '/test e-2'] });
  expect(taken.splice(0)).toEqual([`e-2 ${key}.${occurrenceOf(id, next)}:takeIn:0`]);
  const begun = (await handle.fetchHistory()).events?.[0]?.workflowExecutionStartedEventAttributes;
  const state = begun?.searchAttributes?.indexedFields?.[SEARCH_ATTRIBUTES.sagaState]?.data;
  expect(Buffer.from(state ?? []).toString()).toBe('"probing"');
});

test('an event that has expired on its way opens nothing: it is a dead letter, and the one behind it opens', async () => {
  const key = 'k-5';
  const expired = { ...again(key, 'e-1'), expiryTime: '2020-01-01T00:00:00Z' };
  const next = again(key, 'e-2', { outcome: 'complete' });
  const alone = await open('recur', key, expired);
  await expect(alone.result()).rejects.toMatchObject({ cause: { type: 'unmatched' } });
  expect(deadLetters.deadLettered).toMatchObject([{ event: { id: 'e-1' }, reason: 'expired' }]);
  const handle = await openWith(key, [expired, next]);
  expect(await handle.result()).toMatchObject({ state: 'completed' });
  const own = occurrenceOf(`recur-${key}`, next);
  expect(taken.splice(0)).toEqual([`e-2 ${key}.${own}:takeIn:0`]);
  expect((await handle.describe()).memo).toEqual({ [OCCURRENCE_MEMO]: own });
});

test('step keys have the occurrence, also in the next run of it', async () => {
  const key = 'k-6';
  const handle = await open('recur', key, again(key, 'e-1', { outcome: 'continue' }));
  await handle.signal(AGAIN, again(key, 'e-2', { outcome: 'complete' }));
  expect(await handle.result()).toMatchObject({ state: 'completed' });
  const own = occurrenceOf(`recur-${key}`, again(key, 'e-1'));
  expect(taken).toEqual([`e-1 ${key}.${own}:takeIn:0`, `e-2 ${key}.${own}:takeIn:1`]);
  const { memo, typedSearchAttributes } = await handle.describe();
  expect([memo, typedSearchAttributes.get(SAGA_STATE)]).toEqual([{ [OCCURRENCE_MEMO]: own }, 'completed']);
});
