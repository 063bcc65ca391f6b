import {
  closedForGood,
  connectNats,
  createPublisher,
  natsIsUp,
  streamsAreReady,
} from '../../src/adapters/nats';
import { gatewayMetrics } from '../../src/adapters/prometheus';
import { createGateway } from '../../src/gateway';
import type { Role } from '../role';

/** HTTP to the stream. */
export const gateway: Role = async ({ config, catalogue, registry, log }) => {
  const nats = await connectNats({ url: config.NATS_URL, name: 'sagaline-gateway', log });
  const checks = { nats: () => natsIsUp(nats), streams: () => streamsAreReady(nats) };
  const app = createGateway({
    catalogue,
    publish: createPublisher(nats.jetstream()),
    webhookSecrets: Object.fromEntries(
      Object.entries(config.providers).map(([provider, { webhookSecrets }]) => [provider, webhookSecrets]),
    ),
    metrics: gatewayMetrics(registry),
    health: { checks: () => checks, metrics: () => registry.metrics() },
    log,
    clock: () => new Date(),
  });
  const address = await app.listen({ host: config.GATEWAY_HOST, port: config.GATEWAY_PORT });
  log.info({ address }, 'the gateway listens');

  return {
    checks,
    failed: closedForGood(nats),
    stop: async () => {
      await app.close();
      await nats.drain();
    },
  };
};
