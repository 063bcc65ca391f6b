// Who an operator is, what is on record of them, and decisions that need two people, through the command line.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Client } from '@temporalio/client';
import { updateSaga } from '../../../../src/adapters/temporal';
import { DECIDE, SAGA_STATE } from '../../../../src/contracts';
import { newApiKey } from '../../../../src/security/tokens';
import type { Scope } from '../../../../src/security/tokens';
import { testTemporal } from '../../../support/bridge';
import type { Said } from '../../../support/cli';
import { serverSettings, testCli } from '../../../support/cli';
import type { TestDatabase } from '../../../support/database';
import { createTestDatabase } from '../../../support/database';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { PING_QUEUE } from '../../../support/ping/names';
import type { nailed } from '../../../support/ping/stuck-workflow';
import { startPingWorker } from '../../../support/ping/worker';
import { until } from '../../../support/until';

let db: TestDatabase;
let nats: TestNats;
let temporal: Client;
let worker: Awaited<ReturnType<typeof startPingWorker>>;
let folder: string;
/** The settings of a machine without tokens, and of one with them. */
let open: Record<string, string>;
let closed: Record<string, string>;
const tokens = new Map<string, string>();
const SCOPES = {
  ada: ['operate'],
  bob: ['operate'],
  olga: ['approve'],
  rita: ['read'],
  paul: ['events:publish'],
} as const;

beforeAll(async () => {
  temporal = testTemporal();
  [db, nats, worker, folder] = await Promise.all([
    createTestDatabase(),
    startTestNats(),
    startPingWorker(),
    mkdtemp(path.join(tmpdir(), 'sagaline-operators-')),
  ]);
  const entries = Object.entries(SCOPES).map(([principal, scopes]: [string, readonly Scope[]]) => {
    const { key, entry } = newApiKey({ id: principal, principal, scopes: [...scopes] });
    tokens.set(principal, key);
    return entry;
  });
  const file = path.join(folder, 'api-keys.json');
  await writeFile(file, JSON.stringify(entries));
  open = { ...serverSettings(nats.url), DATABASE_URL: db.url };
  closed = { ...open, API_KEYS_FILE: file };
});
afterAll(async () => {
  await Promise.all([nats.stop(), worker.stop(), temporal.connection.close(), db.end()]);
  await rm(folder, { recursive: true });
});

type Name = keyof typeof SCOPES;
const as = (name: Name, ...args: string[]) =>
  testCli({ ...closed, SAGALINE_TOKEN: tokens.get(name) ?? '' })(...args, '-o', 'json');

interface Listed {
  sequence: number;
  actor: string;
  verified: boolean;
  kind: string;
  action: string;
  details: Record<string, unknown>;
}
/** The records about a target, the oldest first. */
async function recordsOf(target: string, ...more: string[]): Promise<Listed[]> {
  const said = await testCli(open)('audit', 'list', '--target', target, ...more, '-o', 'json');
  return (said.json()['records'] as Listed[]).reverse();
}

/** A row that waits for a person. */
async function setAside(): Promise<string> {
  const [row] = await db.database.query<{ id: string }>(
    `insert into sagaline.outbox (entity, event_id, source, subject, body, set_aside_at)
     values ('e', gen_random_uuid()::text, '/s', 'evt.x', '', now()) returning id`,
  );
  return row?.id ?? '';
}
const isDiscarded = async (id: string) =>
  (await db.database.query('select from sagaline.outbox where id = $1 and discarded_at is not null', [id]))
    .length > 0;
const DISCARD = ['--why', 'of no use'];

describe('an operator', () => {
  test('is the principal of the token; the change is on record before it is made, and its outcome after', async () => {
    const id = await setAside();
    expect((await as('ada', 'outbox', 'discard', id, ...DISCARD)).json()).toMatchObject({ decidedBy: 'ada' });
    const [change, outcome, ...others] = await recordsOf(`outbox ${id}`);
    const common = { actor: 'ada', verified: true, action: 'outbox.discard' };
    expect(change).toMatchObject({ ...common, kind: 'change', details: { why: 'of no use' } });
    expect(outcome).toMatchObject({
      ...common,
      ...{ kind: 'outcome', refersTo: change?.sequence, details: { outcome: 'done' } },
    });
    expect(others).toEqual([]);
    const refused = await as('bob', 'outbox', 'discard', id, ...DISCARD);
    expect(refused.problem()).toMatchObject({ code: 'not-set-aside' });
    expect((await recordsOf(`outbox ${id}`)).at(-1)).toMatchObject({
      ...{ actor: 'bob', kind: 'outcome', details: { outcome: 'refused', code: 'not-set-aside' } },
    });
  });

  test.each<[string, string, () => Promise<Said>]>([
    ['no token', 'no-token', () => testCli(closed)('outbox', 'discard', row, ...DISCARD, '-o', 'json')],
    [
      'a wrong one',
      'unauthorized',
      () =>
        testCli({ ...closed, SAGALINE_TOKEN: `${tokens.get('ada') ?? ''}x` })(
          'outbox',
          'discard',
          row,
          ...DISCARD,
          '-o',
          'json',
        ),
    ],
    ['one to read', 'forbidden-scope', () => as('rita', 'outbox', 'discard', row, ...DISCARD)],
    ['one to publish', 'forbidden-scope', () => as('paul', 'outbox', 'show', row)],
    ['no token to read', 'no-token', () => testCli(closed)('outbox', 'show', row, '-o', 'json')],
    [
      'a token that nothing verifies',
      'configuration',
      () =>
        testCli({ ...open, SAGALINE_TOKEN: tokens.get('ada') ?? '' })(
          'outbox',
          'discard',
          row,
          ...DISCARD,
          '-o',
          'json',
        ),
    ],
    ['a name as an option', 'usage', () => as('ada', 'outbox', 'discard', row, ...DISCARD, '--by', 'bob')],
  ])('%s: refused, and nothing is changed', async (_, code, attempt) => {
    row = await setAside();
    const said = await attempt();
    expect([said.out, said.problem()['code']]).toEqual(['', code]);
    expect([await isDiscarded(row), await recordsOf(`outbox ${row}`)]).toEqual([false, []]);
  });
  let row = '';

  test('on a machine without tokens nothing is asked, and the record says that nothing has proved the name', async () => {
    const id = await setAside();
    const cli = testCli(open);
    expect((await cli('outbox', 'discard', id, ...DISCARD)).code).toBe(0);
    expect((await recordsOf(`outbox ${id}`))[0]).toMatchObject({ actor: 'tester', verified: false });
    expect((await cli('audit', 'list', '--target', `outbox ${id}`)).out).toContain('tester (unverified)');
  });

  test('reading is on record, once for a command', async () => {
    const id = await setAside();
    expect((await as('rita', 'outbox', 'show', id)).code).toBe(0);
    expect(await recordsOf(`outbox ${id}`)).toMatchObject([{ kind: 'read', actor: 'rita', verified: true }]);
  });
});

describe('while the audit cannot be written', () => {
  const AWAY = 'postgresql://127.0.0.1:1/none';
  const publish = (settings: Record<string, string>, id: string) =>
    testCli({ ...settings, DATABASE_URL: AWAY })(
      ...['events', 'publish', '--type', 'pings.pinged', '--example', '--id', id, '-o', 'json'],
    );
  const events = async () =>
    (await (await nats.connection.jetstreamManager()).streams.info('EVENTS')).state.messages;

  test('nothing is changed, with or without tokens', async () => {
    const before = await events();
    for (const settings of [open, { ...closed, SAGALINE_TOKEN: tokens.get('ada') ?? '' }]) {
      const said = await publish(settings, randomUUID());
      expect([said.code, said.out, said.problem()['code']]).toEqual([1, '', 'audit-unavailable']);
    }
    expect(await events()).toBe(before);
    const id = randomUUID();
    const settings = { ...open, DATABASE_URL: db.url };
    const args = ['events', 'publish', '--type', 'pings.pinged', '--example', '--id', id, '-o', 'json'];
    expect((await testCli(settings)(...args)).code).toBe(0);
    expect(await events()).toBe(before + 1);
  });
});

describe('a decision that needs two people', () => {
  async function stuckSaga(fourEyes = true): Promise<string> {
    const workflowId = `nailed-${randomUUID()}`;
    const args: Parameters<typeof nailed> = [{ failures: [0, 2], fourEyes }];
    const handle = await temporal.workflow.start('nailed', { workflowId, taskQueue: PING_QUEUE, args });
    await until('it is stuck', async () => {
      const { typedSearchAttributes } = await handle.describe();
      return typedSearchAttributes.get(SAGA_STATE) === 'compensation-stuck';
    });
    return workflowId;
  }
  const isOpen = async (id: string) =>
    (await temporal.workflow.getHandle(id).describe()).status.name === 'RUNNING';
  const SKIP = ['skip', '--reason', 'it may stay'];

  test('is requested by the one and approved by the other; both names are in its record and its history', async () => {
    const id = await stuckSaga();
    const asked = await as('ada', 'sagas', 'decide', id, ...SKIP);
    expect([asked.code, asked.json()]).toMatchObject([6, { workflowId: id, by: 'ada', decision: 'skip' }]);
    const request = String(asked.json()['request']);
    expect(await isOpen(id)).toBe(true);
    expect((await as('ada', 'sagas', 'approve', request)).problem()).toMatchObject({ code: 'same-person' });
    expect((await as('rita', 'sagas', 'approve', request)).problem()).toMatchObject({
      code: 'forbidden-scope',
    });
    expect((await as('bob', 'sagas', 'approve', '999999')).problem()).toMatchObject({
      code: 'unknown-request',
    });

    const now = Date.now();
    const later = jest.spyOn(Date, 'now').mockImplementation(() => now + 25 * 60 * 60_000);
    expect((await as('bob', 'sagas', 'approve', request)).problem()).toMatchObject({ code: 'expired' });
    later.mockRestore();
    expect(await isOpen(id)).toBe(true);

    const approved = await as('bob', 'sagas', 'approve', request);
    expect([approved.code, approved.json()]).toMatchObject([
      0,
      {
        state: 'compensated',
        operation: { decision: 'skip', by: 'ada', audit: Number(request), approvedBy: 'bob' },
      },
    ]);
    const { events } = await temporal.workflow.getHandle(id).fetchHistory();
    const updates = (events ?? []).flatMap(
      ({ workflowExecutionUpdateAcceptedEventAttributes: update }) =>
        update?.acceptedRequest?.input?.args?.payloads?.map(({ data }) =>
          Buffer.from(data ?? []).toString(),
        ) ?? [],
    );
    expect(updates.map((update) => JSON.parse(update) as object)).toMatchObject([
      { kind: 'skip', by: 'ada', audit: Number(request), approvedBy: 'bob' },
    ]);
    expect((await recordsOf(id)).map(({ kind, actor }) => `${kind} ${actor}`)).toEqual([
      ...['request ada', 'change bob', 'approval bob', 'outcome bob'],
    ]);
    expect((await as('bob', 'sagas', 'approve', request)).problem()).toMatchObject({
      code: 'decided-already',
    });
  });

  test('one person may have it tried again', async () => {
    const id = await stuckSaga();
    expect((await as('ada', 'sagas', 'decide', id, 'retry')).code).toBe(0);
    await temporal.workflow.getHandle(id).terminate();
  });

  test('a request about a question that was answered meanwhile is of no use', async () => {
    const id = await stuckSaga();
    const request = String((await as('ada', 'sagas', 'decide', id, ...SKIP)).json()['request']);
    await as('ada', 'sagas', 'decide', id, 'retry');
    const said = await as('bob', 'sagas', 'approve', request);
    expect(said.problem()).toMatchObject({ code: 'not-stuck' });
    await temporal.workflow.getHandle(id).terminate();
  });

  const decision = { kind: 'skip', reason: 'it may stay' };
  const two = { by: 'ada', audit: 1, approvedBy: 'bob', approval: 2 };
  test.each<[string, object]>([
    ['one name', { ...decision, by: 'ada', audit: 1 }],
    ['one name twice', { ...decision, ...two, approvedBy: 'ada' }],
    ['a name without a record', { ...decision, ...two, approval: undefined }],
    ['one record for both', { ...decision, ...two, approval: 1 }],
    ['an empty name', { ...decision, ...two, by: ' ' }],
  ])('past the command line, with %s: the workflow refuses it', async (_, payload) => {
    const workflowId = await stuckSaga();
    const { runId } = await temporal.workflow.getHandle(workflowId).describe();
    const answer = await updateSaga(temporal, { workflowId, runId }, DECIDE, payload);
    expect(answer).toMatchObject({ kind: 'refused', why: expect.stringContaining('second person') });
    // A signal has no validator: even with two names it is ignored.
    await temporal.workflow.getHandle(workflowId).signal(DECIDE, { ...decision, ...two });
    const asked = (await as('ada', 'sagas', 'show', workflowId)).json();
    expect(asked).toMatchObject({ status: 'RUNNING', asks: { what: 'unscrew', fourEyes: true } });
    await temporal.workflow.getHandle(workflowId).terminate();
  });

  test('with the control off, the same update of one person gets through', async () => {
    const workflowId = await stuckSaga(false);
    const { runId } = await temporal.workflow.getHandle(workflowId).describe();
    const payload = { ...decision, by: 'ada', audit: 1 };
    expect(await updateSaga(temporal, { workflowId, runId }, DECIDE, payload)).toEqual({ kind: 'accepted' });
    expect(await temporal.workflow.getHandle(workflowId).result()).toMatchObject({ state: 'compensated' });
  });
});

describe('many at once', () => {
  const value = { amount: 1_000, currency: 'XTS', digits: 2 };
  /** Three that ask the same thing; all tests share one namespace, so that its name is their own. */
  async function group(): Promise<{ ids: readonly string[]; args: readonly string[] }> {
    const step = `lift-${randomUUID()}`;
    const ids = [1, 2, 3].map((number) => `nailed-${number}-${step}`);
    const args: Parameters<typeof nailed> = [
      { steps: [step, 'unscrew'], failures: [1, 0], fourEyes: true, value },
    ];
    for (const workflowId of ids)
      await temporal.workflow.start<typeof nailed>('nailed', { workflowId, taskQueue: PING_QUEUE, args });
    const wanted = ['--workflow', 'nailed', '--what', step, '--decision', 'skip'];
    await until('all are planned', async () => {
      const said = await as('rita', 'bulk', 'decide', ...wanted, '--dry-run');
      return said.code === 0 && said.json()['items'] === 3 && said;
    });
    return { ids, args: wanted };
  }
  const statesOf = (ids: readonly string[]) =>
    Promise.all(
      ids.map(async (id) =>
        (await temporal.workflow.getHandle(id).describe()).typedSearchAttributes.get(SAGA_STATE),
      ),
    );
  const limited = (name: Name, more: Record<string, string>) =>
    testCli({ ...closed, BULK_GRACE_SECONDS: '0', ...more, SAGALINE_TOKEN: tokens.get(name) ?? '' });

  test('above the value it is a request; another person, who may only approve, approves it as a whole', async () => {
    const { ids, args } = await group();
    const strict = { BULK_FOUR_EYES_ABOVE_VALUE: 'EUR:1,XTS:2999' };
    const decide = ['bulk', 'decide', ...args, '-o', 'json'];
    const dry = (await limited('rita', strict)(...decide, '--dry-run')).json();
    expect(dry).toMatchObject({
      ...{ dryRun: true, items: 3, value: [{ ...value, amount: 3_000 }], more: false },
      needs: expect.stringContaining('more than 29.99 XTS'),
    });
    expect([...(dry['targets'] as string[])].sort()).toEqual([...ids].sort());
    expect((await limited('rita', strict)(...decide, '--why', 'x')).problem()).toMatchObject({
      code: 'forbidden-scope',
    });
    const asked = await limited('ada', strict)(...decide, '--why', 'they are nailed for good');
    expect([asked.code, asked.json()]).toMatchObject([6, { by: 'ada', items: 3 }]);
    const request = String(asked.json()['request']);
    expect(await statesOf(ids)).toEqual(Array(3).fill('compensation-stuck'));
    expect((await as('olga', 'bulk', 'requests')).json()).toMatchObject({
      requests: [{ request: Number(request), by: 'ada', items: 3, reason: 'they are nailed for good' }],
    });
    expect((await as('ada', 'bulk', 'approve', request)).problem()).toMatchObject({ code: 'same-person' });
    expect((await as('rita', 'bulk', 'approve', request)).problem()).toMatchObject({
      code: 'forbidden-scope',
    });
    expect((await as('olga', 'bulk', 'decide', ...args, '--why', 'x')).problem()).toMatchObject({
      code: 'forbidden-scope',
    });
    // A process of another question meanwhile is left out.
    const [gone = '', ...left] = ids;
    expect((await as('bob', 'sagas', 'decide', gone, 'retry')).code).toBe(0);
    const approved = await limited('olga', {})('bulk', 'approve', request, '-o', 'json');
    expect([approved.code, approved.json()]).toMatchObject([
      0,
      { state: 'ended', done: 2, requested: 0, failed: 0 },
    ]);
    expect(await statesOf(ids)).toEqual(Array(3).fill('compensated'));
    const [change] = await recordsOf(left[0] ?? '');
    expect(change).toMatchObject({ actor: 'olga', details: { request: Number(request) } });
    const again = await as('bob', 'bulk', 'approve', request);
    expect(again.problem()).toMatchObject({ code: 'decided-already' });
    expect((await as('olga', 'bulk', 'requests')).json()).toEqual({ requests: [] });
  });

  test('below the limits each decision of two people is a request of its own, and the code says so', async () => {
    const { ids, args } = await group();
    const said = await limited('ada', { BULK_FOUR_EYES_ABOVE: '3' })(
      ...['bulk', 'decide', ...args, '--why', 'nailed', '--per-second', '20', '-o', 'json'],
    );
    expect([said.code, said.json()]).toMatchObject([6, { state: 'ended', done: 0, requested: 3 }]);
    expect((await recordsOf(ids[0] ?? '')).map(({ kind, actor }) => `${kind} ${actor}`)).toEqual([
      'request ada',
    ]);
    await Promise.all(ids.map((id) => temporal.workflow.getHandle(id).terminate()));
  });

  test('Ctrl-C before the first item cancels it: nothing was done', async () => {
    const { ids, args } = await group();
    const interrupt = new AbortController();
    interrupt.abort();
    const cli = limited('ada', { BULK_GRACE_SECONDS: '600' }).given({ interrupted: interrupt.signal });
    const said = await cli('bulk', 'decide', ...args, '--why', 'nailed', '-o', 'json');
    expect([said.code, said.json()]).toMatchObject([1, { state: 'cancelled', done: 0, why: 'interrupted' }]);
    expect(await recordsOf(ids[0] ?? '')).toEqual([]);
    await Promise.all(ids.map((id) => temporal.workflow.getHandle(id).terminate()));
  });

  test('without a reason or a filter nothing is planned', async () => {
    const { args } = { args: ['--workflow', 'nailed', '--what', 'lift', '--decision', 'retry'] };
    for (const wrong of [
      ['decide', ...args],
      ['discard', '--why', 'x'],
    ])
      expect((await as('ada', 'bulk', ...wrong)).problem()).toMatchObject({ code: 'usage' });
  });
});

test('the chain of all this is whole, and a head that is not of it is named', async () => {
  const cli = testCli(open);
  const head = (await cli('audit', 'head')).out;
  expect((await cli('audit', 'verify', '--head', head)).code).toBe(0);
  const [sequence = ''] = head.split(':');
  const said = await cli('audit', 'verify', '--head', `${sequence}:${'0'.repeat(64)}`, '-o', 'json');
  expect([said.code, said.json()]).toMatchObject([
    7,
    { findings: [{ kind: 'another-chain', sequence: Number(sequence) }], head },
  ]);
  const beyond = Number(sequence) + 3;
  const cut = await cli('audit', 'verify', '--head', `${beyond}:${'0'.repeat(64)}`);
  expect([cut.code, cut.out]).toMatchObject([
    7,
    expect.stringContaining(`records ${beyond - 2} to ${beyond} are missing`),
  ]);
  expect((await cli('audit', 'verify', '--head', 'nonsense')).code).toBe(2);
});
