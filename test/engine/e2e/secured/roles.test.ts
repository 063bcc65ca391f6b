// The roles' processes do their whole work as users with the least permissions: an event from the gateway to its
// workflow or to a dead letter, and a row of the outbox to the stream.
import {
  alertAcknowledged,
  alertClosed,
  alertRaised,
} from '../../../../examples/device-alerts/domain/events';
import { devices } from '../../../../examples/device-alerts/domain';
import {
  createStreamReader,
  DEAD_LETTERS_STREAM,
  EVENTS_STREAM,
  isSettled,
} from '../../../../src/adapters/nats';
import { writeOutbox } from '../../../../src/effects';
import { freePorts } from '../../../../src/dev/stack';
import { serverSettings } from '../../../support/cli';
import type { TestDatabase } from '../../../support/database';
import { createTestDatabase } from '../../../support/database';
import type { Roles } from '../../../support/roles';
import { DEVICE_ALERTS, rolesWith } from '../../../support/roles';
import type { SecuredNats } from '../../../support/secured-nats';
import { startSecuredNats } from '../../../support/secured-nats';
import { until } from '../../../support/until';

jest.setTimeout(120_000);

let nats: SecuredNats;
let outbox: TestDatabase;
let roles: Roles;
beforeAll(async () => {
  [nats, outbox] = await Promise.all([startSecuredNats([devices]), createTestDatabase()]);
  roles = rolesWith({ ...serverSettings(''), DATABASE_URL: outbox.url }, { project: DEVICE_ALERTS });
});
afterAll(async () => {
  await roles.stop();
  await outbox.end();
  await nats.stop();
});

test('provision, gateway, bridge and relay, each as its own user', async () => {
  const provision = await roles.launch('provision', {
    ...(await nats.settings('provision')),
    EVENTS_MIRROR_DAYS: '7',
    STREAM_MAX_BYTES: '67108864',
    DEAD_LETTERS_MAX_BYTES: '67108864',
    OPERATIONS_MAX_BYTES: '67108864',
  });
  expect([(await provision.ended).code, provision.output()]).toEqual([0, expect.any(String)]);

  const [port = 0] = await freePorts(1);
  const started = await Promise.all([
    roles.start('gateway', { ...(await nats.settings('gateway')), GATEWAY_PORT: String(port) }),
    roles.start('bridge', await nats.settings('bridge')),
    roles.start('relay', await nats.settings('relay')),
  ]);
  const post = async (type: string, data: object) => {
    const answer = await fetch(`http://127.0.0.1:${port}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents+json' },
      body: JSON.stringify({ specversion: '1.0', id: `${type}-1`, source: '/monitoring', type, data }),
    });
    expect([type, answer.status]).toEqual([type, 202]);
    return (await answer.json()) as { sequence: number };
  };
  const operator = await nats.open('operator');

  // To its workflow.
  const { sequence } = await post(alertRaised.type, { ...alertRaised.example, deviceId: 'dev-secured' });
  await until('the bridge has dispatched it', () => isSettled(operator, 'bridge', sequence));

  // To a dead letter: nobody waits for this one.
  await post(alertAcknowledged.type, { ...alertAcknowledged.example, deviceId: 'dev-unknown' });
  const deadLetters = await createStreamReader(operator, DEAD_LETTERS_STREAM);
  const deadLetter = await until('it is a dead letter', () => deadLetters.next('dlq.>', 1), 20_000);
  expect(deadLetter.subject).toMatch(/^dlq\..+\.dev-unknown$/);

  // From the outbox to the stream, and into the mirror.
  await outbox.database.transaction((tx) =>
    writeOutbox(tx, {
      key: 'dev-secured:close:0',
      context: 'devices',
      contract: alertClosed,
      data: { ...alertClosed.example, deviceId: 'dev-secured' },
    }),
  );
  const closed = 'p.*.*.alerts.closed.v1.dev-secured';
  for (const stream of [EVENTS_STREAM, 'EVENTS_MIRROR']) {
    const reader = await createStreamReader(operator, stream);
    await until(`it is in ${stream}`, () => reader.next(closed, 1));
  }

  // The server has refused nothing that a role has tried, and each of them is ready.
  for (const role of started) {
    expect(role.output()).not.toMatch(/PERMISSIONS_VIOLATION|NATS reports an error/);
    expect((await fetch(`${role.health}/readyz`)).status).toBe(200);
  }
});
