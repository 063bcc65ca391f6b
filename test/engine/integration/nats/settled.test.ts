import { createPublisher, isSettled } from '../../../../src/adapters/nats';
import { recorder, startConsumer } from '../../../support/consumers';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { newKey, pingEvent } from '../../../support/ping/events';
import { until } from '../../../support/until';

let nats: TestNats;
beforeAll(async () => {
  nats = await startTestNats();
});
afterAll(() => nats.stop());

test('an event is settled when the group has settled it: not before, not by another group, not one to come', async () => {
  const key = newKey();
  const publish = createPublisher(nats.connection.jetstream());
  const { settled, handle } = recorder();
  let hold = Promise.resolve();
  let release: () => void = () => undefined;
  const consumer = await startConsumer({
    url: nats.url,
    name: 'group',
    handle: async (delivery) => {
      await hold;
      await handle(delivery);
    },
  });
  try {
    const first = await publish(pingEvent(key));
    await until('the first is settled', () => isSettled(nats.connection, 'group', first.sequence));
    expect(settled).toHaveLength(1);
    expect(await isSettled(nats.connection, 'nobody', first.sequence)).toBe(false);

    hold = new Promise((resolve) => (release = resolve));
    const second = await publish(pingEvent(key));
    expect(await isSettled(nats.connection, 'group', second.sequence)).toBe(false);
    expect(await isSettled(nats.connection, 'group', second.sequence + 1)).toBe(false);
    release();
    await until('the second is settled', () => isSettled(nats.connection, 'group', second.sequence));
  } finally {
    release();
    await consumer.stop();
  }
});
