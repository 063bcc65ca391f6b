// How the adapter reads Temporal's answers: what the bridge then does with an event depends on nothing else.
import type { Client } from '@temporalio/client';
import {
  createPlainClient,
  createTemporalClient,
  createWorkflows,
  registerSearchAttributes,
  searchAttributesAreReady,
} from '../../../../src/adapters/temporal';
import type { Target, Workflows } from '../../../../src/bridge';
import type { DomainEvent, ProcessDefinition } from '../../../../src/contracts';
import { testTemporal } from '../../../support/bridge';
import { ping } from '../../../support/ping/domain';
import { newKey } from '../../../support/ping/events';
import { PINGED_V2 } from '../../../support/ping/names';
import { startProxy } from '../../../support/proxy';
import { prepared } from '../../../support/setup/handover';

/** The adapter asks for an answer within 5 s; gRPC may sleep through the end of it. */
const ANSWERED_MS = 9_000;

jest.setTimeout(30_000);

let temporal: Client;
let workflows: Workflows;

beforeAll(() => {
  temporal = testTemporal();
  workflows = createWorkflows(
    createPlainClient({ address: prepared('servers').temporalAddress, namespace: 'default' }),
  );
});
afterAll(() => temporal.connection.close());

/** Nobody runs the workflows of this queue: they stay as they are. */
function target(key = newKey(), workflow: Partial<ProcessDefinition> = {}): Target {
  return { workflow: { ...ping, taskQueue: 'nobody', ...workflow }, workflowId: `ping-${key}`, key };
}

const event = (key: string): DomainEvent => ({
  id: 'an-id',
  source: '/test/answers',
  type: PINGED_V2,
  key,
  data: { pingId: key, urgency: 1 },
});
const answered = (value: unknown) => ({ kind: 'answered', value });

async function eachAnswer(asked: Workflows, to: Target) {
  return Promise.all([
    asked.signalWithStart(to, event(to.key)),
    asked.signal(to, event(to.key)),
    asked.status(to),
    asked.hasSeen(to, event(to.key)),
  ]);
}

test('a workflow that never was', async () => {
  const to = target();
  expect(await workflows.status(to)).toEqual(answered('missing'));
  expect(await workflows.signal(to, event(to.key))).toEqual(answered('not-open'));
});

test('an open workflow', async () => {
  const to = target();
  expect(await workflows.signalWithStart(to, event(to.key))).toEqual(answered('accepted'));
  expect(await workflows.signalWithStart(to, event(to.key))).toEqual(answered('accepted'));
  expect(await workflows.signal(to, event(to.key))).toEqual(answered('accepted'));
  expect(await workflows.status(to)).toEqual(answered('open'));
});

test('a terminated workflow: its history says what it has received', async () => {
  const to = target();
  await workflows.signalWithStart(to, event(to.key));
  await temporal.workflow.getHandle(to.workflowId).terminate();
  expect(await workflows.status(to)).toEqual(answered('closed'));
  expect(await workflows.signal(to, event(to.key))).toEqual(answered('not-open'));
  expect(await workflows.hasSeen(to, event(to.key))).toEqual(answered(true));
  expect(await workflows.hasSeen(to, { ...event(to.key), id: 'another' })).toEqual(answered(false));
});

test('a request that Temporal will never accept is rejected', async () => {
  const to = { ...target(), workflowId: 'x'.repeat(2_000) };
  expect(await workflows.signalWithStart(to, event(to.key))).toMatchObject({ kind: 'rejected' });
});

test('a namespace that is missing is not the fault of the event: it is held', async () => {
  const address = prepared('servers').temporalAddress;
  const lost = createPlainClient({ address, namespace: 'nowhere' });
  const answers = await eachAnswer(createWorkflows(lost), target());
  expect(answers.map(({ kind }) => kind)).toEqual(Array(4).fill('unavailable'));
  await lost.connection.close();
});

test.each(['refuses', 'never answers'])(
  'a server that %s is unavailable, said within seconds',
  async (how) => {
    const proxy = await startProxy();
    if (how === 'refuses') await proxy.close();
    const client = createPlainClient({ address: proxy.address, namespace: 'default' });
    const since = Date.now();
    const answers = await eachAnswer(createWorkflows(client), target());
    expect(answers.map(({ kind }) => kind)).toEqual(Array(4).fill('unavailable'));
    expect(Date.now() - since).toBeLessThan(ANSWERED_MS);
    await client.connection.close();
    await proxy.close();
  },
);

test('search attributes are registered by several processes at once, and again', async () => {
  const namespace = `attributes-${newKey()}`.slice(0, 40);
  await temporal.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
  });
  const address = prepared('servers').temporalAddress;
  const clients = [1, 2, 3].map(() => createTemporalClient({ address, namespace }));
  await Promise.all(clients.map((client) => registerSearchAttributes(client)));
  await Promise.all(clients.map((client) => registerSearchAttributes(client)));
  expect(await Promise.all(clients.map(searchAttributesAreReady))).toEqual([true, true, true]);
  await Promise.all(clients.map(({ connection }) => connection.close()));
});

test('a request that we cannot even make is rejected: waiting would not mend it', async () => {
  const to = target();
  const workflow = {
    ...to.workflow,
    summary: () => {
      throw new Error('no words');
    },
  };
  expect(await workflows.signalWithStart({ ...to, workflow }, event(to.key))).toMatchObject({
    kind: 'rejected',
  });
});
