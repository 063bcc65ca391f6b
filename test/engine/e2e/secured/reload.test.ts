// A server that reads its accounts again, while roles are at work.
import {
  consumeEvents,
  createPublisher,
  provisionConsumers,
  provisionStreams,
} from '../../../../src/adapters/nats';
import { noPatience } from '../../../../src/adapters/nats/connection/patience';
import { devices } from '../../../../examples/device-alerts/domain';
import { alertRaised } from '../../../../examples/device-alerts/domain/events';
import { encodeEvent, newEvent } from '../../../../src/contracts';
import { testCli } from '../../../support/cli';
import { rememberingLog } from '../../../support/log';
import { pingDomain } from '../../../support/ping/domain';
import { newKey, pingEvent } from '../../../support/ping/events';
import type { SecuredNats } from '../../../support/secured-nats';
import { startSecuredNats } from '../../../support/secured-nats';
import { until } from '../../../support/until';

const PAUSE_MS = 5;
const REFUSED_WITHIN_MS = 500;

// Making the keys takes a second of a free processor.
jest.setTimeout(60_000);

let nats: SecuredNats;
beforeAll(async () => {
  nats = await startSecuredNats([pingDomain]);
});
afterAll(() => nats.stop());

test('new permissions apply to open connections, and no event is lost on the way', async () => {
  const provision = await nats.open('provision');
  await provisionStreams(provision, { replicas: 1, maxBytes: 64 * 1024 * 1024 });
  await provisionConsumers(provision, [{ name: 'bridge' }], { replicas: 1, patience: noPatience });
  const [gateway, bridge] = await Promise.all([nats.open('gateway'), nats.open('bridge')]);

  const data = { ...alertRaised.example, deviceId: 'dev-reloaded' };
  const raised = encodeEvent(newEvent(alertRaised, { id: 'raised-1', data }), { source: '/monitoring' });
  const attempt = () =>
    gateway
      .jetstream()
      .publish(raised.subject, raised.body, { timeout: REFUSED_WITHIN_MS })
      .then(
        () => true,
        () => false,
      );
  expect(await attempt()).toBe(false);

  const settled = new Set<string>();
  const log = rememberingLog();
  const consumption = await consumeEvents(bridge, {
    ...{ name: 'bridge', log, provision: 'check' as const },
    handle: (delivery) => {
      settled.add(delivery.subject);
      delivery.settle();
      return Promise.resolve();
    },
  });
  const published: string[] = [];
  const publish = createPublisher(gateway.jetstream());
  const enough = new AbortController();
  const publishing = (async () => {
    while (!enough.signal.aborted) {
      const event = pingEvent(newKey());
      await publish(event);
      published.push(event.subject);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  })();

  const { code } = await testCli({}, [pingDomain, devices])('keys', 'permissions', nats.folder);
  expect(code).toBe(0);
  nats.reload();
  await until('the new event is taken', attempt);
  const before = published.length;
  await until('events are published after the reload', () => published.length > before + 50);
  enough.abort();
  await publishing;
  await until('all are settled', () => published.every((subject) => settled.has(subject)));
  await consumption.stop();
  expect(log.lines).toEqual([]);
});
