// Two gateways behind a load balancer, under load, are replaced one after the other: no request fails.
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { orderOf, submissionOf } from '../../../../demo/orders';
import { EVENTS_STREAM } from '../../../../src/adapters/nats';
import { freePorts } from '../../../../src/dev/stack';
import type { Balancer } from '../../../support/balancer';
import { startBalancer } from '../../../support/balancer';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import type { RoleProcess, Roles } from '../../../support/roles';
import { rolesWith } from '../../../support/roles';
import { until } from '../../../support/until';

const PUBLISHERS = 6;
/** Ten times as long as the balancer takes to look: it is a busy machine. */
const DELAY_MS = 1_000;

jest.setTimeout(90_000);

let nats: TestNats;
let roles: Roles;
let balancer: Balancer;
/** Also where the test fails: the publishers would go on for ever. */
let over = false;

beforeAll(async () => {
  nats = await startTestNats();
  roles = rolesWith({ NATS_URL: nats.url, SHUTDOWN_DELAY_MS: String(DELAY_MS) });
  balancer = await startBalancer();
});
afterAll(async () => {
  over = true;
  await balancer.close();
  await roles.stop();
  await nats.stop();
});

async function startGateway(): Promise<RoleProcess> {
  const [port = 0] = await freePorts(1);
  const gateway = await roles.start('gateway', { GATEWAY_PORT: String(port) });
  const address = `127.0.0.1:${port}`;
  balancer.add(address, gateway.health);
  await until('the balancer uses it', () => balancer.ready().includes(address));
  return gateway;
}

test('each request is accepted, and each is in the stream', async () => {
  const old = [await startGateway(), await startGateway()];
  const accepted: string[] = [];
  const failed: string[] = [];
  const publishers = Array.from({ length: PUBLISHERS }, async (_, publisher) => {
    for (let count = 0; !over; count++) {
      const order = orderOf(`rolling-${publisher}-${count}`);
      try {
        const answer = await fetch(`http://${balancer.address}/events`, {
          method: 'POST',
          headers: { 'content-type': 'application/cloudevents+json' },
          body: Buffer.from(submissionOf(order).body),
        });
        await answer.arrayBuffer();
        if (answer.status === 202) accepted.push(order.orderId);
        else failed.push(`status ${answer.status}`);
      } catch (error) {
        failed.push(inspect(error));
      }
      await sleep(5);
    }
  });

  await until('load', () => accepted.length > 50);
  for (const gateway of old) {
    const since = performance.now();
    gateway.signal('SIGTERM');
    await until('it says that it stops', async () => {
      const answer = await fetch(`${gateway.health}/readyz`);
      const { checks } = (await answer.json()) as { checks: Record<string, boolean> };
      return answer.status === 503 && checks['not-stopping'] === false;
    });
    const { code, at } = await gateway.ended;
    expect(code).toBe(0);
    expect(at - since).toBeGreaterThan(DELAY_MS);
    await startGateway();
  }
  const before = accepted.length;
  await until('load goes on', () => accepted.length > before + 50);
  over = true;
  await Promise.all(publishers);

  expect({ failed, refused: balancer.refused }).toEqual({ failed: [], refused: [] });
  const manager = await nats.connection.jetstreamManager();
  expect((await manager.streams.info(EVENTS_STREAM)).state.messages).toBe(accepted.length);
  process.stdout.write(`rolling update: ${accepted.length} requests, 0 failed\n`);
});
