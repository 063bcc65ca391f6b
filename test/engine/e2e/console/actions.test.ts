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

/** No other test's steps are on it. */
const QUEUE = `parcels-${randomUUID()}`;

let db: TestDatabase;
let nats: TestNats;
let temporal: Client;
let worker: Awaited<ReturnType<typeof startPingWorker>>;
let app: FastifyInstance;
let ada: Awaited<ReturnType<typeof personAt>>;
let bob: typeof ada;
let rita: typeof ada;
/** The same servers with another console, where more than one item needs two people, and a bulk can be cancelled for long. */
let strict: FastifyInstance;

beforeAll(async () => {
  temporal = testTemporal();
  [db, nats, worker] = await Promise.all([createTestDatabase(), startTestNats(), startPingWorker()]);
  const processes = [...pingDomain.workflows, nailedProcess];
  const switchable = { pools: [{ pool: 'parcels', taskQueue: QUEUE }], providers: ['carrier'] };
  app = await testConsole({ nats, temporal, db }, { domains: [pingDomain], processes, switchable });
  strict = await testConsole(
    { nats, temporal, db },
    { domains: [pingDomain], processes, bulk: { BULK_FOUR_EYES_ABOVE: 1, BULK_GRACE_SECONDS: 600 } },
  );
  [ada, bob, rita] = await Promise.all([personAt(app, 'ada'), personAt(app, 'bob'), personAt(app, 'rita')]);
});
afterAll(async () => {
  await Promise.all([app.close(), strict.close()]);
  await Promise.all([nats.stop(), worker.stop(), temporal.connection.close(), db.end()]);
});

const recordsOf = async (target: string) =>
  (await listAuditRecords(db.database, { target, limit: 50 }))
    .reverse()
    .map(({ actor, kind, action }) => [actor, kind, action]);

async function stuck({ fourEyes = false, step = 'lift' } = {}): Promise<string> {
  const key = `k-${randomUUID()}`;
  const workflowId = `nailed-${key}`;
  await temporal.workflow.start<typeof nailed>('nailed', {
    ...{
      workflowId,
      taskQueue: PING_QUEUE,
      args: [{ steps: [step, 'unscrew'], failures: [1, 0], fourEyes }],
    },
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
async function deadLetter(pingId = `p-${randomUUID()}`): Promise<number> {
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

test.each([
  ['route', 'ping'],
  ['pool', 'parcels'],
  ['provider', 'carrier'],
])('a %s is paused and resumed, by operators only, on record', async (kind, name) => {
  const resume = `aria-label="Resume the ${kind} ${name}"`;
  const given = { kind, name, why: 'a wrong <b> price list', minutes: '30' };
  expect((await rita.send('/switches/pause', given)).statusCode).toBe(403);
  expect((await ada.send('/switches/pause', { ...given, why: ' ' })).statusCode).toBe(422);
  expect((await ada.send('/switches/pause', { ...given, minutes: '1441' })).statusCode).toBe(422);
  expect((await ada.send('/switches/pause', given)).statusCode).toBe(303);
  const shown = (await bob.get('/switches')).body;
  expect(shown).toContain('a wrong &lt;b&gt; price list');
  expect(shown).toContain(resume);
  const viewed = (await rita.get('/switches')).body;
  expect(viewed).toContain('a wrong &lt;b&gt; price list');
  expect(viewed).not.toContain('<form class="inline"');
  const since = /name="since" value="([^"]+)"/.exec(shown)?.[1] ?? '';
  expect((await ada.send('/switches/pause', { ...given, why: 'still' })).statusCode).toBe(303);
  // It is not the pause that his page has shown.
  expect((await bob.send('/switches/resume', { kind, name, since })).statusCode).toBe(409);
  const latest = /name="since" value="([^"]+)"/.exec((await bob.get('/switches')).body)?.[1] ?? '';
  expect((await bob.send('/switches/resume', { kind, name, since: latest })).statusCode).toBe(303);
  expect((await bob.get('/switches')).body).not.toContain(resume);
  expect((await bob.send('/switches/resume', { kind, name, since: latest })).statusCode).toBe(409);
  expect((await recordsOf(`${kind} ${name}`)).filter(([, kinds]) => kinds !== 'read')).toEqual([
    ['ada', 'change', 'switch.pause'],
    ['ada', 'outcome', 'switch.pause'],
    ['ada', 'change', 'switch.pause'],
    ['ada', 'outcome', 'switch.pause'],
    ['bob', 'change', 'switch.resume'],
    ['bob', 'outcome', 'switch.resume'],
  ]);
});

test('a test event is made from its contract, refused with its field marked, and sent once, on record', async () => {
  const type = 'test.sagaline.pings.pinged.v2';
  const form = (await ada.get(`/test-event?type=${type}`)).body;
  const valueOf = (name: string) =>
    new RegExp(`<input[^>]*name="${name}"[^>]*value="([^"]*)"`).exec(form)?.[1] ?? '';
  const pingId = valueOf('data.pingId');
  expect(pingId).toMatch(/^test-[0-9a-f]{8}$/);
  const fields = {
    ...{ type, id: valueOf('id'), source: valueOf('source'), reason: 'to see <it>' },
    ...{ 'data.pingId': pingId, 'data.urgency': '99', 'data.note': '' },
  };
  const wrong = await ada.send('/test-event', fields);
  expect([wrong.statusCode, wrong.body]).toEqual([422, expect.stringContaining('<mark>data.urgency</mark>')]);
  expect(wrong.body).toContain(`value="${fields.id}"`);
  const good = { ...fields, 'data.urgency': '7' };
  expect((await ada.send('/test-event', { ...good, source: '/providers/x' })).statusCode).toBe(422);
  expect((await ada.send('/test-event', { ...good, reason: '' })).statusCode).toBe(422);
  expect((await rita.send('/test-event', good)).statusCode).toBe(403);
  const sent = await ada.send('/test-event', good);
  const location = String(sent.headers.location);
  expect([sent.statusCode, location]).toEqual([303, expect.stringMatching(/^\/test-event\/sent\/\d+$/)]);
  const target = `evt.pings.pinged.v2.${pingId}`;
  expect(await recordsOf(target)).toEqual([
    ['ada', 'change', 'events.publish'],
    ['ada', 'outcome', 'events.publish'],
  ]);
  // Sent again by the same form, it is the same event.
  expect((await ada.send('/test-event', good)).headers.location).toBe(location);
  const page = (await rita.get(location)).body;
  expect(page).toContain(target);
  expect(page).toContain(`href="/sagas/ping-${pingId}"`);
  expect((await rita.get(`/audit?target=${target}`)).body).toContain('to see &lt;it&gt;');
  expect((await ada.get('/test-event?type=no.such.v1')).statusCode).toBe(404);
});

describe('many at once', () => {
  type Person = typeof ada;
  const start = { reason: 'all of one cause', perSecond: '20' };
  const pathOf = (answer: { readonly headers: Record<string, unknown> }) =>
    String(answer.headers['location']);
  const statesOf = async (numbers: readonly number[]) =>
    Promise.all(
      numbers.map(async (number) => {
        const { body } = await rita.get(`/dead-letters/${number}`);
        return /<span class="chip">(\w+)</.exec(body)?.[1];
      }),
    );
  const untilState = (person: Person, path: string, state: string) =>
    until(`${path} is ${state}`, async () =>
      (await person.get(path)).body.includes(`<strong>${state}</strong>`),
    );

  test('above the limit it is requested, another person approves it, and only what was seen is done', async () => {
    // One console asks, another approves: the request is in the audit.
    const [olga, asking, other] = await Promise.all([
      personAt(app, 'olga'),
      personAt(strict, 'ada'),
      personAt(strict, 'bob'),
    ]);
    const key = `p-${randomUUID()}`;
    const seen = [await deadLetter(key), await deadLetter(key)];
    const plan = pathOf(await asking.send('/bulk/dead-letters', { key, kind: 'discard' }));
    expect((await asking.get(plan)).body).toContain('more than 1 items need a second person');
    const request = pathOf(await asking.send(`${plan}/start`, start));
    const later = await deadLetter(key);
    expect((await asking.get(request)).body).toContain('Another person approves it');
    expect((await other.get('/bulk')).body).toContain(`href="${request}"`);
    const own = await asking.send(`${request}/approve`, {});
    expect([own.statusCode, own.body]).toEqual([409, expect.stringContaining('same-person')]);
    expect((await rita.send(`${request}/approve`, {})).statusCode).toBe(403);
    expect(await statesOf([...seen, later])).toEqual(['open', 'open', 'open']);

    const running = await olga.send(`${request}/approve`, {});
    expect(running.statusCode).toBe(303);
    await untilState(olga, pathOf(running), 'ended');
    expect(await statesOf([...seen, later])).toEqual(['discarded', 'discarded', 'open']);
    const again = await other.send(`${request}/approve`, {});
    expect([again.statusCode, again.body]).toEqual([409, expect.stringContaining('decided-already')]);
    expect((await other.get('/bulk')).body).not.toContain(`href="${request}"`);
    expect(await recordsOf(`discard: 2 dead letters of ${key}`)).toEqual([
      ['ada', 'request', 'bulk.discard'],
      ['olga', 'approval', 'bulk.discard'],
      ['olga', 'change', 'bulk.discard'],
      ['olga', 'outcome', 'bulk.discard'],
    ]);
  });

  test('a decision of two people needs no further approval in a bulk that was approved', async () => {
    const asking = await personAt(strict, 'ada');
    const step = `lift-${randomUUID()}`;
    const ids = [await stuck({ fourEyes: true, step }), await stuck({ fourEyes: true, step })];
    // Temporal's list is a moment behind.
    const plan = await until('both are planned', async () => {
      const { body } = await asking.get('/struggling?wait=yes');
      const form = body.split('<form').find((part) => part.includes(`value="${step}"`)) ?? '';
      const cause = /name="cause" value="([^"]*)"/.exec(form)?.[1] ?? '';
      const wanted = { workflow: 'nailed', what: step, cause, decision: 'skip' };
      const path = pathOf(await asking.send('/bulk/decide', wanted));
      const shown = path.startsWith('/bulk/') ? (await asking.get(path)).body : '';
      return ids.every((id) => shown.includes(id)) ? path : false;
    });
    const request = pathOf(await asking.send(`${plan}/start`, start));
    const running = pathOf(await bob.send(`${request}/approve`, {}));
    await untilState(bob, running, 'ended');
    for (const id of ids) {
      await isCompensated(id);
      expect((await rita.get(`/sagas/${id}`)).body).toContain('ada and bob decided skip');
    }
  });

  test('before its first item another person cancels it, and nothing was done', async () => {
    const [starting, other] = await Promise.all([personAt(strict, 'ada'), personAt(strict, 'bob')]);
    const key = `p-${randomUUID()}`;
    const number = await deadLetter(key);
    const path = pathOf(await starting.send('/bulk/dead-letters', { key, kind: 'discard' }));
    expect((await starting.send(`${path}/start`, start)).statusCode).toBe(303);
    const { body } = await other.get(path);
    expect(body).toContain('<strong>waiting</strong>');
    expect(body).toContain('Cancel');
    expect((await other.send(`${path}/stop`, {})).statusCode).toBe(303);
    await untilState(other, path, 'cancelled');
    expect(await statesOf([number])).toEqual(['open']);
    expect(await recordsOf(`discard: 1 dead letters of ${key}`)).toEqual([
      ['ada', 'change', 'bulk.discard'],
      ['ada', 'outcome', 'bulk.discard'],
    ]);
    expect((await rita.get('/audit?action=bulk.discard')).body).toContain('bob has stopped it');
  });
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
