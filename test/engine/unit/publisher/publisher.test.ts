// A producer's publisher through the gateway: what it sends, what it repeats, and what it tells its caller.
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { EventPublisher, PublisherOptions } from '../../../../src/publisher';
import {
  createEventPublisher,
  EventConflictError,
  NotPublishedError,
  writeToOutbox,
} from '../../../../src/publisher';
import { ordered } from '../../../support/personal-event';
import { pinged } from '../../../support/ping/domain';
import { AUDIENCE, testCheck, testKey } from '../../../support/signatures';

const RECEIPT = { stream: 'EVENTS', sequence: 7, duplicate: false };
const PING = { pingId: 'p-1', urgency: 3 };
type Answer = (response: ServerResponse) => void;
const answer =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (response) =>
    void response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));

/** Answers each request with the next of the answers, the last one for ever. */
async function gatewayThat(...answers: readonly Answer[]) {
  const requests: {
    headers: IncomingHttpHeaders;
    url: string;
    event: Record<string, unknown>;
    body: string;
  }[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { headers, url = '' } = request;
      requests.push({ headers, url, event: JSON.parse(body) as Record<string, unknown>, body });
      answers[Math.min(requests.length, answers.length) - 1]?.(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  started.push({
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  });
  return { requests, url: `http://127.0.0.1:${port}` };
}

let started: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  await Promise.all(started.map((each) => each.close()));
  started = [];
});

function publisherTo(gateway: string, more: Partial<PublisherOptions> = {}): EventPublisher {
  const publisher = createEventPublisher({ to: { gateway }, source: '/tests', ...more });
  started.push(publisher);
  return publisher;
}

test('sends a structured CloudEvent that fits its contract, and returns where it is stored', async () => {
  const { requests, url } = await gatewayThat(answer(202, { ...RECEIPT, id: 'x' }));
  let token = 0;
  const headers = () => ({ authorization: `Bearer ${++token}` });
  const publisher = publisherTo(url, { to: { gateway: `${url}/`, headers } });
  const published = await publisher.publish(pinged, PING, { id: 'event-1', causationId: 'cause-1' });
  expect(published).toEqual({
    ...{ id: 'event-1', source: '/tests', subject: 'evt.pings.pinged.v2.p-1' },
    ...RECEIPT,
  });
  await publisher.publish(pinged, PING);
  expect(requests).toMatchObject([
    {
      url: '/events',
      headers: { 'content-type': 'application/cloudevents+json', authorization: 'Bearer 1' },
      event: { id: 'event-1', source: '/tests', type: pinged.type, causationid: 'cause-1', data: PING },
    },
    { headers: { authorization: 'Bearer 2' } },
  ]);
  const ids = requests.map(({ event }) => event['id']);
  expect(new Set(ids).size).toBe(2);
});

test('repeats under the same id, with the same content, until it is confirmed', async () => {
  const { requests, url } = await gatewayThat(
    // Whatever the body is like: 202 alone says that it is stored.
    answer(503, RECEIPT),
    (response) => void response.destroy(),
    answer(200, 'the page of a load balancer'),
    answer(202, { ...RECEIPT, duplicate: true }),
  );
  expect(await publisherTo(url).publish(pinged, PING)).toMatchObject({ duplicate: true });
  expect(requests).toHaveLength(4);
  expect(new Set(requests.map(({ event }) => JSON.stringify(event))).size).toBe(1);
});

test('comes again when the gateway says', async () => {
  const { url } = await gatewayThat(
    answer(503, { reason: 'stream-full' }, { 'retry-after': '1' }),
    answer(202, RECEIPT),
  );
  const since = performance.now();
  await publisherTo(url).publish(pinged, PING);
  expect(performance.now() - since).toBeGreaterThan(950);
});

test('gives up after its time, and says why', async () => {
  const full = await gatewayThat(answer(503, { reason: 'stream-full', detail: 'the stream is full' }));
  await expect(publisherTo(full.url, { giveUpAfterMs: 400 }).publish(pinged, PING)).rejects.toMatchObject({
    name: 'NotPublishedError',
    why: 'full',
    cause: { status: 503, reason: 'stream-full', detail: 'the stream is full' },
  });
  expect(full.requests).toHaveLength(2);
  const nobody = publisherTo('http://127.0.0.1:1', { giveUpAfterMs: 100 }).publish(pinged, PING);
  await expect(nobody).rejects.toMatchObject({ name: 'NotPublishedError', why: 'unconfirmed' });
});

test('personal fields go to the gateway only: a producer encrypts nothing', async () => {
  const publisher = createEventPublisher({
    to: { nats: 'nats://127.0.0.1:1' },
    source: '/tests',
    giveUpAfterMs: 1,
  });
  started.push(publisher);
  const refused = { name: 'InvalidEventError', path: 'data.email' };
  await expect(publisher.publish(ordered, ordered.example)).rejects.toMatchObject(refused);
  const { requests, url } = await gatewayThat(answer(202, RECEIPT));
  await publisherTo(url).publish(ordered, ordered.example);
  expect(requests).toMatchObject([{ event: { data: ordered.example } }]);

  const statements: string[] = [];
  const tx = { query: (sql: string) => Promise.resolve({ rows: [statements.push(sql)] }) };
  const options = { source: '/tests', id: 'ordered-1' };
  await expect(writeToOutbox(tx, ordered, ordered.example, options)).rejects.toMatchObject(refused);
  expect(statements).toEqual([]);
  await writeToOutbox(tx, ordered, ordered.example, { ...options, relayedTo: 'gateway' });
  expect(statements.join()).toContain('insert into sagaline.outbox');
});

test('a conflict is an error of its own, and is not repeated', async () => {
  const { requests, url } = await gatewayThat(answer(409, { reason: 'conflict' }));
  const publishing = publisherTo(url).publish(pinged, PING, { id: 'taken' });
  await expect(publishing).rejects.toBeInstanceOf(EventConflictError);
  await expect(publishing).rejects.toMatchObject({ stored: undefined, why: 'refused' });
  expect(requests).toHaveLength(1);
});

test.each([
  [400, 'invalid-envelope'],
  [413, 'too-large'],
  [422, 'invalid-data'],
])('%d is for good, with the reason and the place', async (status, reason) => {
  const { requests, url } = await gatewayThat(
    answer(status, { reason, detail: 'why', path: 'data.urgency' }),
  );
  const publishing = publisherTo(url).publish(pinged, PING);
  await expect(publishing).rejects.toBeInstanceOf(NotPublishedError);
  await expect(publishing).rejects.toMatchObject({ why: 'refused', cause: { status, reason } });
  expect(requests).toHaveLength(1);
});

test.each([
  [401, { reason: 'unauthorized' }],
  [403, { reason: 'forbidden' }],
  [404, '<html>no such page</html>'],
])('%d says nothing of the event: it is sent again, and then out', async (status, body) => {
  const { requests, url } = await gatewayThat(answer(status, body), answer(202, RECEIPT));
  expect(await publisherTo(url).publish(pinged, PING)).toMatchObject(RECEIPT);
  expect(requests).toHaveLength(2);
});

test('what breaks its contract, or is too large, is not sent', async () => {
  const { requests, url } = await gatewayThat(answer(202, RECEIPT));
  const publisher = publisherTo(url);
  await expect(publisher.publish(pinged, { ...PING, urgency: 11 })).rejects.toMatchObject({
    name: 'InvalidEventError',
    path: 'data.urgency',
  });
  // @ts-expect-error -- the data is typed by the contract
  await expect(publisher.publish(pinged, { pingId: 'p-1', urgency: 'high' })).rejects.toMatchObject({
    name: 'InvalidEventError',
  });
  await expect(publisher.publish(pinged, PING, { id: 'x'.repeat(129) })).rejects.toMatchObject({
    path: 'id',
  });
  expect(requests).toEqual([]);
  expect(() => publisherTo(url, { source: 'with a space' })).toThrow(/source "with a space" must be/);
});

test('signs each event, for one deployment, when it has a key', async () => {
  const { requests, url } = await gatewayThat(answer(503, {}), answer(202, RECEIPT));
  const key = testKey('web-shop-1', ['/tests']);
  const folder = mkdtempSync(path.join(tmpdir(), 'sagaline-publisher-'));
  try {
    const keyFile = path.join(folder, 'signing-key.json');
    writeFileSync(keyFile, JSON.stringify(key.privateKey));
    await publisherTo(url, { signing: { keyFile, audience: AUDIENCE } }).publish(pinged, PING);
    expect(requests).toHaveLength(2);
    for (const { headers, body } of requests) {
      const given = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, [String(value)]]),
      );
      const { check } = testCheck([key.entry]);
      expect(check({ headers: given, body: Buffer.from(body) })).toMatchObject({ ok: true });
    }
    const missing = { keyFile: path.join(folder, 'none.json'), audience: AUDIENCE };
    expect(() => publisherTo(url, { signing: missing })).toThrow('EVENT_SIGNING_KEY_FILE');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
