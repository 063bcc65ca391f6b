// What people do on the pages of the console, and its record, on real servers.
import { randomInt, randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { FastifyInstance } from 'fastify';
import { createDeadLetters } from '../../../../src/adapters/nats';
import { createRegistry } from '../../../../src/adapters/prometheus';
import { readConfig } from '../../../../src/config';
import type { ProcessDefinition } from '../../../../src/contracts';
import { CORRELATION_ID, createCatalogue, encodeEvent, SAGA_STATE } from '../../../../src/contracts';
import { freePorts } from '../../../../src/dev/stack';
import type { LoadedApp } from '../../../../src/runtime/app';
import { rolesOf } from '../../../../src/runtime/roles';
import { listAuditRecords } from '../../../../src/security/audit';
import { testTemporal } from '../../../support/bridge';
import { serverSettings } from '../../../support/cli';
import { decisionFields, personAt, testConsole } from '../../../support/console';
import type { TestDatabase } from '../../../support/database';
import { createTestDatabase } from '../../../support/database';
import { silentLog } from '../../../support/log';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { pingDomain, pinged } from '../../../support/ping/domain';
import { PING_QUEUE } from '../../../support/ping/names';
import type { nailed } from '../../../support/ping/stuck-workflow';
import { startPingWorker } from '../../../support/ping/worker';
import { until } from '../../../support/until';

const nailedProcess = {
  name: 'nailed',
  taskQueue: PING_QUEUE,
  initialState: 'lifting',
  summary: (key: string) => `Nailed ${key}`,
  transitions: [{ from: 'lifting', on: 'failed', to: 'compensation-stuck' }],
} as const satisfies ProcessDefinition;

const project: LoadedApp = { root: process.cwd(), domains: [pingDomain], pools: {} };

let db: TestDatabase;
let nats: TestNats;
let temporal: Client;
let worker: Awaited<ReturnType<typeof startPingWorker>>;
let app: FastifyInstance;
let ada: Awaited<ReturnType<typeof personAt>>;
let bob: typeof ada;
let rita: typeof ada;

beforeAll(async () => {
  temporal = testTemporal();
  [db, nats, worker] = await Promise.all([createTestDatabase(), startTestNats(), startPingWorker()]);
  const processes = [...pingDomain.workflows, nailedProcess];
  app = await testConsole({ nats, temporal, db }, { domains: [pingDomain], processes });
  [ada, bob, rita] = await Promise.all([personAt(app, 'ada'), personAt(app, 'bob'), personAt(app, 'rita')]);
});
afterAll(async () => {
  await app.close();
  await Promise.all([nats.stop(), worker.stop(), temporal.connection.close(), db.end()]);
});

const recordsOf = async (target: string) =>
  (await listAuditRecords(db.database, { target, limit: 50 }))
    .reverse()
    .map(({ actor, kind, action }) => [actor, kind, action]);

async function stuck({ fourEyes = false } = {}): Promise<string> {
  const key = `k-${randomUUID()}`;
  const workflowId = `nailed-${key}`;
  await temporal.workflow.start<typeof nailed>('nailed', {
    ...{ workflowId, taskQueue: PING_QUEUE, args: [{ failures: [1, 0], fourEyes }] },
    typedSearchAttributes: [
      { key: SAGA_STATE, value: 'lifting' },
      { key: CORRELATION_ID, value: key },
    ],
  });
  await until(`${workflowId} asks`, async () =>
    (await rita.get(`/sagas/${workflowId}?wait=yes`)).body.includes('nailed down'),
  );
  return workflowId;
}
const isCompensated = (workflowId: string) =>
  until(`${workflowId} goes on`, async () =>
    (await rita.get(`/sagas/${workflowId}?wait=yes`)).body.includes('● compensated'),
  );

test('a decision on the page reaches the saga, with its record; the same form sent again is refused', async () => {
  const workflowId = await stuck();
  const page = (await ada.get(`/sagas/${workflowId}?wait=yes`)).body;
  expect(page).toContain('class="here"');
  const fields = { ...decisionFields(page, 'done-by-hand'), reason: 'with a hammer' };
  expect((await ada.send(`/sagas/${workflowId}/decide`, { ...fields, reason: ' ' })).statusCode).toBe(422);
  expect((await ada.send(`/sagas/${workflowId}/decide`, fields)).statusCode).toBe(303);
  await isCompensated(workflowId);
  const again = await bob.send(`/sagas/${workflowId}/decide`, fields);
  expect([again.statusCode, again.body]).toEqual([409, expect.stringContaining('not-stuck')]);
  expect((await rita.get(`/sagas/${workflowId}?wait=yes`)).body).toContain(
    'ada decided done-by-hand about lift: with a hammer',
  );
  expect((await recordsOf(workflowId)).filter(([, kind]) => kind !== 'read')).toEqual([
    ['ada', 'change', 'sagas.decide'],
    ['ada', 'outcome', 'sagas.decide'],
  ]);
});

test('a form about a question that has changed decides nothing', async () => {
  const workflowId = await stuck();
  const fields = decisionFields((await ada.get(`/sagas/${workflowId}?wait=yes`)).body, 'retry');
  const answer = await ada.send(`/sagas/${workflowId}/decide`, {
    ...fields,
    since: '2020-01-01T00:00:00.000Z',
  });
  expect([answer.statusCode, answer.body]).toEqual([409, expect.stringContaining('asks something else')]);
  expect((await recordsOf(workflowId)).filter(([, kind]) => kind !== 'read')).toEqual([]);
});

test('a decision of two people: one requests it, only the other one approves it', async () => {
  const workflowId = await stuck({ fourEyes: true });
  const fields = {
    ...decisionFields((await ada.get(`/sagas/${workflowId}?wait=yes`)).body, 'skip'),
    reason: 'kind',
  };
  expect((await ada.send(`/sagas/${workflowId}/decide`, fields)).statusCode).toBe(303);
  const own = (await ada.get(`/sagas/${workflowId}?wait=yes`)).body;
  expect(own).toContain('Another person approves it');
  const others = (await bob.get(`/sagas/${workflowId}?wait=yes`)).body;
  const request = /name="request" value="(\d+)"/.exec(others)?.[1] ?? '';
  const same = await ada.send(`/sagas/${workflowId}/approve`, { request });
  expect([same.statusCode, same.body]).toEqual([409, expect.stringContaining('same-person')]);
  expect((await bob.send(`/sagas/${workflowId}/approve`, { request })).statusCode).toBe(303);
  await isCompensated(workflowId);
  expect((await rita.get(`/sagas/${workflowId}?wait=yes`)).body).toContain('ada and bob decided skip');
});

/** A dead letter with an urgency that is too large; returns its number. */
async function deadLetter(): Promise<number> {
  const pingId = `p-${randomUUID()}`;
  const event = { id: randomUUID(), contract: pinged, data: { ...pinged.example, pingId } };
  const { subject, body } = encodeEvent(event, { source: '/tests' });
  const wrong = Buffer.from(body).toString().replace('"urgency":3', '"urgency":99');
  await createDeadLetters(nats.connection.jetstream(), () => new Date()).publish({
    delivery: {
      ...{ stream: 'EVENTS', sequence: randomInt(1e9), subject, storedAt: new Date(), deliveryCount: 1 },
      headers: { 'Content-Type': ['application/cloudevents+json'] },
      body: Buffer.from(wrong),
    },
    rejection: { reason: 'invalid-data', detail: 'urgency is too large <b>', path: 'data.urgency' },
  });
  const list = (await rita.get(`/dead-letters?key=${pingId}`)).body;
  return Number(/href="\/dead-letters\/(\d+)"/.exec(list)?.[1]);
}

test('a dead letter is edited, its form says what is wrong, and it is redriven', async () => {
  const number = await deadLetter();
  const url = `/dead-letters/${number}`;
  const page = (await ada.get(url)).body;
  expect(page).toContain('<mark>99</mark>');
  expect(page).toContain('urgency is too large &lt;b&gt;');
  expect(page).toContain('It would be refused. invalid');
  const revealed = (await ada.send(`${url}/reveal`, { why: 'to mend it' })).body;
  const text = /<textarea[^>]*>\s*([^<]+)<\/textarea>/.exec(revealed)?.[1] ?? '';
  const event = text.replaceAll('&quot;', '"');
  const wrong = await ada.send(`${url}/edit`, {
    body: event.replace('"urgency": 99', '"urgency": 98'),
    why: 'a guess',
  });
  expect([wrong.statusCode, wrong.body]).toEqual([422, expect.stringContaining('invalid')]);
  expect(wrong.body).toContain('98');
  expect(
    (
      await ada.send(`${url}/edit`, {
        body: event.replace('"urgency": 99', '"urgency": 9'),
        why: 'typing error',
      })
    ).statusCode,
  ).toBe(303);
  expect((await ada.get(url)).body).toContain('It would go to');
  expect((await rita.send(`${url}/redrive`, {})).statusCode).toBe(403);
  expect((await ada.send(`${url}/redrive`, { why: 'mended' })).statusCode).toBe(303);
  const after = (await rita.get(url)).body;
  expect(after).toContain('<span class="chip">redriven</span>');
  expect(
    (await recordsOf(`dead-letter ${number}`)).filter(
      ([, kind, action]) => action !== 'dead-letters.show' && kind !== 'outcome',
    ),
  ).toEqual([
    ['ada', 'read', 'dead-letters.reveal'],
    ['ada', 'change', 'dead-letters.edit'],
    ['ada', 'change', 'dead-letters.edit'],
    ['ada', 'change', 'dead-letters.redrive'],
  ]);
});

test('a dead letter is discarded with a reason, once', async () => {
  const number = await deadLetter();
  const url = `/dead-letters/${number}/discard`;
  expect((await ada.send(url, { why: '' })).statusCode).toBe(422);
  expect((await ada.send(url, { why: 'of no use' })).statusCode).toBe(303);
  expect((await bob.send(url, { why: 'of no use' })).statusCode).toBe(409);
  expect((await rita.get('/audit?action=dead-letters.discard')).body).toContain('of no use');
});

test('the role serves the pages on a port of its own, and stops', async () => {
  const [port = 0] = await freePorts(1);
  const given = { ...serverSettings(nats.url), DATABASE_URL: db.url, CONSOLE_PORT: String(port) };
  const running = await rolesOf(project)['console']?.({
    ...{ app: project, config: readConfig(given, { providers: [] }), log: silentLog },
    ...{ catalogue: createCatalogue([pingDomain]), registry: createRegistry('test') },
  });
  // Rejects when the connection ends, also on purpose.
  running?.failed?.catch(() => undefined);
  const workflowId = await stuck();
  const page = await fetch(`http://127.0.0.1:${port}/sagas/${workflowId}`);
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('nailed down')]);
  const ready = Object.values(running?.checks ?? {}).map(async (check) => check());
  expect(await Promise.all(ready)).toEqual([true, true, true, true]);
  await running?.stop();
  await expect(fetch(`http://127.0.0.1:${port}/sagas`)).rejects.toThrow();
});
