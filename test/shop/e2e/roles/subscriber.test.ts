// One of two subscriber processes is killed in the middle: the timeline has every event once all the same.
import { randomUUID } from 'node:crypto';
import { createPublisher } from '../../../../src/adapters/nats';
import { encodeEvent, sourceFor } from '../../../../src/contracts';
import { orderConfirmed } from '../../../../domains/shop/events';
import type { TestDatabase } from '../../../support/database';
import { createTestDatabase } from '../../../support/database';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import type { Roles } from '../../../support/roles';
import { rolesWith } from '../../../support/roles';
import { until } from '../../../support/until';

const EVENTS = 1_000;
const ORDERS = 100;
const HANDLED_WITHIN_MS = 60_000;

jest.setTimeout(180_000);

let nats: TestNats;
let stored: TestDatabase;
let roles: Roles;

beforeAll(async () => {
  [nats, stored] = await Promise.all([startTestNats(), createTestDatabase()]);
  roles = rolesWith({ NATS_URL: nats.url, DATABASE_URL: stored.url });
});
afterAll(async () => {
  await roles.stop();
  await stored.end();
  await nats.stop();
});

test('two processes share the work, one is killed, and no event is missing or there twice', async () => {
  const [killed, staying] = await Promise.all([roles.start('subscriber'), roles.start('subscriber')]);
  const publish = createPublisher(nats.connection.jetstream());
  const event = (n: number) => {
    const data = { ...orderConfirmed.example, orderId: `order-${n % ORDERS}` };
    return encodeEvent(
      { contract: orderConfirmed, id: randomUUID(), time: undefined, data },
      { source: sourceFor(orderConfirmed, '/tests') },
    );
  };
  for (let n = 0; n < EVENTS; n++) {
    await publish(event(n));
    if (n === EVENTS / 2) killed.signal('SIGKILL');
  }
  expect((await killed.ended).code).toBeNull();
  const rows = async () => (await stored.database.query('select 1 from orders.timeline')).length;
  await until('every event is in the timeline', async () => (await rows()) === EVENTS, HANDLED_WITHIN_MS);

  staying.signal('SIGTERM');
  expect((await staying.ended).code).toBe(0);
  expect(await rows()).toBe(EVENTS);
});
