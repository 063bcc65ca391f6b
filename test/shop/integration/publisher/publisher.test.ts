// A typed publisher against the real gateway and the real NATS: the same event by either way is one event.
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { createPublisher, createStreamReader, EVENTS_STREAM } from '../../../../src/adapters/nats';
import { createCatalogue, decodePublished, originalSubject } from '../../../../src/contracts';
import type { EventPublisher } from '../../../../src/publisher';
import { createEventPublisher } from '../../../../src/publisher';
import { gatewayUnderTest } from '../../unit/gateway/gateway-under-test';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { pinged, pingDomain } from '../../../support/ping/domain';
import { AUDIENCE, testCheck, testKey } from '../../../support/signatures';

let nats: TestNats;
let gateway: FastifyInstance;
let publishers: Record<'nats' | 'gateway', EventPublisher>;

beforeAll(async () => {
  nats = await startTestNats();
  gateway = gatewayUnderTest({ publish: createPublisher(nats.connection.jetstream()) }).app;
  await gateway.listen({ port: 0, host: '127.0.0.1' });
  const { port } = gateway.server.address() as AddressInfo;
  const source = '/producer';
  publishers = {
    nats: createEventPublisher({ to: { nats: nats.url }, source }),
    gateway: createEventPublisher({ to: { gateway: `http://127.0.0.1:${port}` }, source }),
  };
});
afterAll(async () => {
  await Promise.all(Object.values(publishers).map((each) => each.close()));
  await gateway.close();
  await nats.stop();
});

const WAYS = [
  ['nats', 'gateway'],
  ['gateway', 'nats'],
] as const;

test.each(WAYS)('first by %s, then by %s: stored once, as its contract says', async (first, second) => {
  const data = { pingId: `by-${first}`, urgency: 4 };
  const options = { id: `one-${first}`, causationId: 'cause' };
  const published = await publishers[first].publish(pinged, data, options);
  expect(published).toMatchObject({ duplicate: false, subject: `evt.pings.pinged.v2.by-${first}` });
  const again = await publishers[second].publish(pinged, data, options);
  expect(again).toEqual({ ...published, duplicate: true });

  const reader = await createStreamReader(nats.connection, EVENTS_STREAM);
  const stored = await reader.next('p.>', published.sequence);
  if (!stored) throw new Error('it is not stored');
  const decoding = decodePublished(
    { ...stored, subject: originalSubject(stored.subject) },
    createCatalogue([pingDomain]),
  );
  expect(decoding).toMatchObject({
    ok: true,
    event: { id: `one-${first}`, source: '/producer', key: `by-${first}`, data, causationId: 'cause' },
  });
});

test.each(WAYS)(
  'another event under the same identity: by %s, then by %s, is a conflict',
  async (first, second) => {
    const id = `taken-${first}`;
    const { stream, sequence } = await publishers[first].publish(pinged, { pingId: id, urgency: 1 }, { id });
    for (const way of [first, second]) {
      await expect(publishers[way].publish(pinged, { pingId: id, urgency: 2 }, { id })).rejects.toMatchObject(
        {
          name: 'EventConflictError',
          // The gateway tells nothing of another event.
          stored: way === 'nats' ? { stream, sequence } : undefined,
        },
      );
    }
  },
);

test('what a producer with a key publishes straight to NATS is signed', async () => {
  const key = testKey('producer-1', ['/producer']);
  const folder = mkdtempSync(path.join(tmpdir(), 'sagaline-publisher-'));
  const keyFile = path.join(folder, 'signing-key.json');
  writeFileSync(keyFile, JSON.stringify(key.privateKey));
  const signing = { keyFile, audience: AUDIENCE };
  const publisher = createEventPublisher({ to: { nats: nats.url }, source: '/producer', signing });
  try {
    const reader = await createStreamReader(nats.connection, EVENTS_STREAM);
    const checked = async (by: EventPublisher) => {
      const { sequence } = await by.publish(pinged, { pingId: 'signed', urgency: 1 });
      const stored = await reader.next('p.>', sequence);
      if (!stored) throw new Error('it is not stored');
      const signature = testCheck([key.entry]).check(stored);
      return signature.ok && signature.sourceProblem('/producer') === undefined;
    };
    expect(await checked(publisher)).toBe(true);
    expect(await checked(publishers.nats)).toBe(false);
  } finally {
    await publisher.close();
    rmSync(folder, { recursive: true });
  }
});

test('an event is published though NATS was away for a while', async () => {
  process.kill(nats.pid, 'SIGSTOP');
  const publishing = Promise.all(
    Object.values(publishers).map((each, n) =>
      each.publish(pinged, { pingId: `patient-${n}`, urgency: 1 }, { id: `patient-${n}` }),
    ),
  );
  setTimeout(() => process.kill(nats.pid, 'SIGCONT'), 3_000);
  expect(await publishing).toMatchObject([{ id: 'patient-0' }, { id: 'patient-1' }]);
});

test('a server that is not there is waited for until the time is up', async () => {
  const publisher = createEventPublisher({
    ...{ to: { nats: 'nats://127.0.0.1:1' }, source: '/producer', giveUpAfterMs: 1_000 },
  });
  const since = performance.now();
  await expect(publisher.publish(pinged, { pingId: 'p', urgency: 1 })).rejects.toMatchObject({
    name: 'NotPublishedError',
    why: 'unconfirmed',
  });
  expect(performance.now() - since).toBeLessThan(5_000);
  await publisher.close();
});
