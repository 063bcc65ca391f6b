// Full streams, as an operator and a publisher see them: told in readiness and metrics, and answered in words.
import type { JetStreamManager } from 'nats';
import { alertRaised } from '../../../../examples/device-alerts/domain/events';
import { DEAD_LETTERS_STREAM, EVENTS_STREAM } from '../../../../src/adapters/nats';
import { freePorts } from '../../../../src/dev/stack';
import { serverSettings } from '../../../support/cli';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import type { RoleProcess, Roles } from '../../../support/roles';
import { DEVICE_ALERTS, rolesWith } from '../../../support/roles';
import { until } from '../../../support/until';

jest.setTimeout(120_000);

/** A role looks at the streams every five seconds. */
const SEEN_WITHIN_MS = 15_000;

let nats: TestNats;
let manager: JetStreamManager;
let roles: Roles;

beforeAll(async () => {
  nats = await startTestNats();
  manager = await nats.connection.jetstreamManager();
  roles = rolesWith(serverSettings(nats.url), { project: DEVICE_ALERTS });
});
afterAll(async () => {
  await roles.stop();
  await nats.stop();
});

async function readiness({ health }: RoleProcess) {
  const answer = await fetch(`${health}/readyz`);
  return { status: answer.status, ...((await answer.json()) as { degraded?: Record<string, string> }) };
}

/** Leaves no room in a stream. */
async function fillUp(stream: string, subject: string): Promise<void> {
  await nats.connection.jetstream().publish(subject, '{}');
  const { state } = await manager.streams.info(stream);
  await manager.streams.update(stream, { max_bytes: state.bytes });
}

test('dead letters without room are told of, and work goes on; events without room are no readiness, and a clear answer', async () => {
  const [port = 0] = await freePorts(1);
  const [bridge, gateway] = await Promise.all([
    roles.start('bridge'),
    roles.start('gateway', { GATEWAY_PORT: String(port) }),
  ]);
  expect((await readiness(bridge)).degraded).not.toHaveProperty(DEAD_LETTERS_STREAM);

  await fillUp(DEAD_LETTERS_STREAM, 'dlq.late.alerts.dev-1');
  const told = await until(
    'the bridge tells of it',
    async () => {
      const answer = await readiness(bridge);
      return answer.degraded?.[DEAD_LETTERS_STREAM] !== undefined && answer;
    },
    SEEN_WITHIN_MS,
  );
  expect(told).toMatchObject({
    status: 200,
    ready: true,
    degraded: { [DEAD_LETTERS_STREAM]: expect.stringMatching(/^full/) },
  });
  expect(await (await fetch(`${bridge.health}/metrics`)).text()).toMatch(
    /sagaline_stream_fill_ratio\{.*stream="DEAD_LETTERS".*\} 1\n/,
  );

  await fillUp(EVENTS_STREAM, 'evt.alerts.raised.v1.dev-1');
  await until(
    'the gateway is not ready',
    async () => (await readiness(gateway)).status === 503,
    SEEN_WITHIN_MS,
  );
  expect(await readiness(gateway)).toMatchObject({ checks: { 'events-have-room': false } });
  const refused = await fetch(`http://127.0.0.1:${port}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents+json' },
    body: JSON.stringify({
      specversion: '1.0',
      id: 'a-1',
      source: '/monitoring',
      type: alertRaised.type,
      data: alertRaised.example,
    }),
  });
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '60']);
  expect(await refused.json()).toMatchObject({
    reason: 'stream-full',
    type: 'urn:sagaline:problem:stream-full',
  });
});
