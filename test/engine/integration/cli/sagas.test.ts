// Sagas that wait for a person, seen and decided through the command line, on real servers.
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { createOperationLog, createStreamReader, OPERATIONS_STREAM } from '../../../../src/adapters/nats';
import type { Money } from '../../../../src/contracts';
import { DECIDE, defineDomain, SAGA_STATE } from '../../../../src/contracts';
import { testTemporal } from '../../../support/bridge';
import type { Said, TestCli } from '../../../support/cli';
import { serverSettings, testCli } from '../../../support/cli';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { pingDomain } from '../../../support/ping/domain';
import { PING_QUEUE } from '../../../support/ping/names';
import type { nailed, StuckInput } from '../../../support/ping/stuck-workflow';
import { startPingWorker } from '../../../support/ping/worker';
import { until } from '../../../support/until';

jest.setTimeout(60_000);

/** Of its states, this one waits for a person: the engine has none of the name. */
const nails = defineDomain({
  name: 'nails',
  events: [],
  workflows: [
    {
      name: 'nailed',
      taskQueue: PING_QUEUE,
      initialState: 'nailing',
      waitsForPerson: ['awaiting-decision'],
      summary: (key) => `Nails of ${key}`,
    },
  ],
  routes: [],
  webhooks: [],
});

let nats: TestNats;
let temporal: Client;
let worker: Awaited<ReturnType<typeof startPingWorker>>;
let cli: TestCli;
const opened: string[] = [];

beforeAll(async () => {
  temporal = testTemporal();
  [nats, worker] = await Promise.all([startTestNats(), startPingWorker()]);
  cli = testCli(serverSettings(nats.url), [pingDomain, nails]);
});
afterAll(async () => {
  const ending = opened.map((id) => temporal.workflow.getHandle(id).terminate('the test is over'));
  await Promise.allSettled(ending);
  await Promise.all([nats.stop(), worker.stop(), temporal.connection.close()]);
});

const sagas = (...args: string[]) => cli('sagas', ...args, '-o', 'json');
const stateOf = async (id: string) =>
  (await temporal.workflow.getHandle(id).describe()).typedSearchAttributes.get(SAGA_STATE) ?? '';

async function open(input: StuckInput, taskQueue = PING_QUEUE): Promise<string> {
  const workflowId = `nailed-${randomUUID()}`;
  await temporal.workflow.start<typeof nailed>('nailed', { workflowId, taskQueue, args: [input] });
  opened.push(workflowId);
  return workflowId;
}

/** A saga whose first compensation, in the order of compensating `unscrew`, has failed. */
async function stuckSaga(
  failures: StuckInput['failures'] = [0, 1],
  value?: StuckInput['value'],
): Promise<string> {
  const id = await open({ failures, ...(value && { value }) });
  await until(`${id} is stuck`, async () => (await stateOf(id)) === 'compensation-stuck');
  return id;
}

interface Listed {
  sagas: {
    workflowId: string;
    state: string;
    since: string;
    link: string;
    unknown?: string;
    asks: { what: string; value?: Money } | null;
  }[];
  value: Money[];
  more: boolean;
}
const stuck = async (...args: string[]) => (await sagas('stuck', ...args)).json() as unknown as Listed;
/** Temporal's list is a moment behind. */
const listed = (id: string) =>
  until(`${id} is in the list`, async () => (await stuck()).sagas.find((each) => each.workflowId === id));

async function recordsOf(id: string): Promise<object[]> {
  const reader = await createStreamReader(nats.connection, OPERATIONS_STREAM);
  const found: object[] = [];
  for (let from = 1; ;) {
    const message = await reader.next(`ops.sagas.${id}`, from);
    if (!message) return found;
    found.push(JSON.parse(Buffer.from(message.body).toString()) as object);
    from = message.sequence + 1;
  }
}

async function decisionsReceived(id: string): Promise<number> {
  const { events } = await temporal.workflow.getHandle(id).fetchHistory();
  return (events ?? []).filter(
    ({ workflowExecutionUpdateAcceptedEventAttributes: update }) =>
      update?.acceptedRequest?.input?.name === DECIDE,
  ).length;
}

/** Refused for this cause; the saga has heard nothing, and nothing new is recorded. */
async function refused(code: number, cause: string, id: string, ...args: string[]): Promise<Said> {
  const before = [await recordsOf(id), await decisionsReceived(id)];
  const said = await sagas('decide', id, ...args);
  expect([said.code, said.out, said.problem()['code']]).toEqual([code, '', cause]);
  expect([await recordsOf(id), await decisionsReceived(id)]).toEqual(before);
  return said;
}

test('stuck sagas are listed with what is stuck and since when, the longest waiting first', async () => {
  const value = { amount: 1_290, currency: 'TOP', digits: 2 };
  const first = await stuckSaga([0, 1], value);
  const second = await stuckSaga([0, 1], 'throws');
  const asked = await listed(first);
  expect((await listed(second)).asks).toMatchObject({ what: 'unscrew' });
  expect(asked).toMatchObject({
    workflow: 'nailed',
    state: 'compensation-stuck',
    asks: { what: 'unscrew', decisions: ['retry', 'skip', 'done-by-hand'], value },
    link: expect.stringContaining(`/workflows/${first}/`),
  });
  expect(Math.abs(Date.parse(asked.since) - Date.now())).toBeLessThan(60_000);
  const { sagas: all, value: atRisk } = await stuck();
  // Other tests may have processes with a value, and none in this currency.
  expect(atRisk).toContainEqual(value);
  const ids = all.map(({ workflowId }) => workflowId);
  expect(ids.indexOf(first)).toBeLessThan(ids.indexOf(second));
  expect(await stuck('--limit', '1')).toMatchObject({ sagas: [{}], more: true });
  const text = (await cli('sagas', 'stuck')).out;
  expect(text).toContain(first);
  expect(text).toContain('it is nailed down, 0 more times');
  expect(text).toContain('12.90 TOP');
  expect((await cli('sagas', 'show', first)).out).toContain('at risk  12.90 TOP');
});

test('a saga is shown with what it has done, what it asks, and how to decide', async () => {
  const id = await stuckSaga();
  expect((await sagas('show', id)).json()).toMatchObject({
    workflowId: id,
    state: 'compensation-stuck',
    status: 'RUNNING',
    asks: { what: 'unscrew', message: 'it is nailed down, 0 more times' },
    steps: expect.arrayContaining([expect.objectContaining({ kind: 'state', state: 'compensating' })]),
    decisions: [],
    pending: [],
  });
  const text = (await cli('sagas', 'show', id)).out;
  expect(text).toContain(`npx sagaline sagas decide ${id} done-by-hand --reason`);
  expect(text).toContain('│ ● compensating');
});

test('decided, the saga goes on; who decided, what and why is recorded', async () => {
  const id = await stuckSaga();
  const said = await sagas('decide', id, 'done-by-hand', '--reason', 'with a crowbar');
  expect([said.code, said.json()]).toMatchObject([
    0,
    { state: 'compensated', operation: { decision: 'done-by-hand', by: 'tester', n: 1 } },
  ]);
  expect(await recordsOf(id)).toMatchObject([
    { kind: 'decided', decision: 'done-by-hand', by: 'tester', reason: 'with a crowbar', what: 'unscrew' },
  ]);
  expect((await temporal.workflow.getHandle(id).result()) as object).toMatchObject({ state: 'compensated' });
  expect((await cli('sagas', 'show', id)).out).toContain('done-by-hand by tester');
  await until('it is out of the list', async () =>
    (await stuck()).sagas.every(({ workflowId }) => workflowId !== id),
  );
  await refused(1, 'not-stuck', id, 'retry');
});

test('stuck again, at the next compensation or at the same one, is another question', async () => {
  const id = await stuckSaga([1, 2]);
  const again = await sagas('decide', id, 'retry');
  expect(again.json()).toMatchObject({ state: 'compensation-stuck' });
  const next = await sagas('decide', id, 'skip', '--reason', 'it may stay');
  expect(next.json()).toMatchObject({ state: 'compensation-stuck', operation: { n: 2 } });
  expect((await listed(id)).asks).toMatchObject({ what: 'lift' });
  expect((await sagas('decide', id, 'retry')).json()).toMatchObject({ state: 'compensated' });
  expect((await recordsOf(id)).map((each) => (each as { what: string }).what)).toEqual([
    'unscrew',
    'unscrew',
    'lift',
  ]);
});

describe('refused, and nothing is changed:', () => {
  test('what is unknown or makes no sense', async () => {
    const id = await stuckSaga();
    await refused(2, 'usage', id, 'skip');
    await refused(2, 'usage', id, 'done-by-hand', '--reason', '  ');
    await refused(2, 'usage', id, 'forget');
    await refused(2, 'usage', id);
    const unknown = await sagas('decide', 'nailed-unknown', 'retry');
    expect([unknown.code, unknown.problem()['code']]).toEqual([1, 'unknown-saga']);
    expect((await sagas('show', 'nailed.*')).code).toBe(2);
    expect((await sagas('show', 'nailed-unknown')).problem()['code']).toBe('unknown-saga');
  });

  test('a key in the place of an id: the id that was meant is named', async () => {
    const key = randomUUID();
    await temporal.workflow.start('ping', { workflowId: `ping-${key}`, taskQueue: PING_QUEUE });
    opened.push(`ping-${key}`);
    const said = await sagas('show', key);
    expect(said.problem()).toMatchObject({
      code: 'unknown-saga',
      message: expect.stringContaining(`ping-${key}?`),
    });
    await refused(1, 'no-answer', `ping-${key}`, 'retry');
  });

  test('what no decision helps', async () => {
    const id = await open({ failures: [0, 0], awaitsNotifications: true });
    expect(await listed(id)).toMatchObject({
      asks: null,
      words: 'Waiting for a notification of the parcel.',
    });
    const said = await refused(1, 'not-possible', id, 'retry');
    expect(said.problem()).toMatchObject({ decisions: [] });
    expect((await cli('sagas', 'show', id)).out).toContain(
      'says     Waiting for a notification of the parcel.',
    );
  });

  test('a second decision about the same question, unless somebody insists', async () => {
    const id = await stuckSaga();
    const { asks } = (await sagas('show', id)).json() as { asks: { what: string; since: string } };
    const { runId } = await temporal.workflow.getHandle(id).describe();
    // Somebody's command line was killed between the record and the signal.
    const at = new Date().toISOString();
    const record = { kind: 'decided', n: 1, decision: 'skip', reason: 'x', by: 'bob', at, runId, ...asks };
    await createOperationLog(nats.connection.jetstream())(
      `ops.sagas.${id}`,
      Buffer.from(JSON.stringify(record)),
      0,
    );
    const said = await refused(1, 'decided-already', id, 'retry');
    expect(said.problem()['message']).toContain('bob has decided this');
    expect((await sagas('decide', id, 'retry', '--again')).json()).toMatchObject({
      operation: { n: 2 },
    });
  });

  test('of two people at once one: the saga hears one decision', async () => {
    const id = await stuckSaga([0, 5]);
    const said = await Promise.all([1, 2, 3].map(() => sagas('decide', id, 'retry')));
    expect(said.map(({ code }) => code).sort()).toEqual([0, 1, 1]);
    const problems = said.filter(({ code }) => code === 1).map((each) => each.problem()['code']);
    for (const problem of problems) expect(['conflict', 'decided-already']).toContain(problem);
    expect([(await recordsOf(id)).length, await decisionsReceived(id)]).toEqual([1, 1]);
  });
});

test('a saga whose worker is away is listed, and cannot be decided: nobody knows what it asks', async () => {
  const workflowId = `nailed-${randomUUID()}`;
  await temporal.workflow.start('nailed', {
    workflowId,
    taskQueue: 'nobody-polls-this',
    typedSearchAttributes: [{ key: SAGA_STATE, value: 'flush-stuck' }],
  });
  opened.push(workflowId);
  const said = await refused(1, 'no-answer', workflowId, 'retry');
  expect(said.problem()['message']).toContain('no worker');
  expect(await listed(workflowId)).toMatchObject({
    asks: null,
    unknown: expect.stringContaining('no worker'),
  });
});
