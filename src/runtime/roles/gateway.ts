import {
  closedForGood,
  connectNats,
  createFirstPublisher,
  createPublisher,
  createStreamReader,
  EVENTS_STREAM,
  natsIsUp,
  natsRole,
  streamsAreReady,
  watchFill,
} from '../../adapters/nats';
import { gatewayMetrics, streamMetrics } from '../../adapters/prometheus';
import { createSubmit, createSingleAttemptClient, tellRefusal } from '../../adapters/temporal';
import { webhookSecretsOf } from '../../config';
import type { Checks } from '../../gateway';
import { createEarlyQuota, createGateway } from '../../gateway';
import { createAuthentication } from '../../security/tokens';
import { untraced } from '../../tracing';
import { personalDataOf } from '../personal-data';
import { listening } from '../listening';
import { settingsIn } from '../config';
import { placementIn } from '../placement';
import type { Role } from '../role';
import { temporalSettings } from '../settings';
import { system } from '../system';
import { roleSignatures } from './signatures';

/** A client waits no longer than this for an answer; the process goes on. Proxies give up after a minute. */
const ANSWER_WITHIN_MS = 10_000;

/**
 * Stores events from HTTP in the stream, and serves the endpoints that answer for the processes. Without Temporal these endpoints
 * answer that the result is unknown.
 */
export const gateway: Role = async ({
  app: project,
  config,
  catalogue,
  registry,
  tracing = untraced,
  log,
}) => {
  const { gatewayAccess } = config;
  // A file of keys that cannot be read ends the process, before it waits for others.
  const authenticate =
    gatewayAccess.mode === 'none' ? undefined : createAuthentication(gatewayAccess, { now: Date.now, log });
  const signatures = roleSignatures({ config, registry, log });
  const nats = await connectNats({ ...config.nats, ...natsRole('gateway'), log });
  const settings = temporalSettings(config, project, log);
  const temporal = createSingleAttemptClient(settings);
  const endTelling = tellRefusal(temporal, settings, log);
  const personal = personalDataOf(config, 'gateway', log);
  const leaving = new AbortController();
  const fill = await watchFill(nats, log);
  streamMetrics(registry, fill.latest);
  const checks: Checks = {
    nats: () => natsIsUp(nats),
    streams: () => streamsAreReady(nats),
    'events-have-room': () => fill.hasRoom(EVENTS_STREAM),
  };
  const stream = await createStreamReader(nats, EVENTS_STREAM);
  const app = createGateway({
    catalogue,
    checkSignature: signatures.checkSignature,
    publish: createPublisher(nats.jetstream(), signatures),
    publishFirst: createFirstPublisher(nats.jetstream(), stream, signatures),
    admitEarly: createEarlyQuota({ catalogue, most: config.GATEWAY_MAX_WAITING, stream, now: Date.now }),
    seal: personal.data.seal,
    submit: createSubmit(temporal, ANSWER_WITHIN_MS, placementIn(project)),
    authenticate,
    requestsPerMinute: config.GATEWAY_REQUESTS_PER_MINUTE,
    addressRequestsPerMinute:
      gatewayAccess.mode === 'none' ? undefined : config.GATEWAY_ADDRESS_REQUESTS_PER_MINUTE,
    maxConnections: config.GATEWAY_MAX_CONNECTIONS,
    trustedProxies: config.GATEWAY_TRUSTED_PROXIES,
    webhookSecrets: webhookSecretsOf(config.providers),
    metrics: gatewayMetrics(registry),
    tracing,
    plugins: (project.gateway?.plugins ?? []).map((plugin) => ({
      name: plugin.name,
      add: (fastify) => plugin(fastify, { settingsOf: settingsIn(config), registry, log }),
    })),
    leaving: leaving.signal,
    log,
    clock: system.clock,
  });
  const address = await listening(
    'GATEWAY_PORT',
    { host: config.GATEWAY_HOST, port: config.GATEWAY_PORT },
    (at) => app.listen(at),
  );
  log.info({ address }, 'the gateway listens');
  if (gatewayAccess.mode === 'none')
    log.warn({ address }, 'the gateway is open: anyone who reaches it may publish (GATEWAY_AUTH=none)');

  return {
    checks,
    degraded: fill.degraded,
    failed: closedForGood(nats),
    leave: () => leaving.abort(),
    stop: async () => {
      await app.close();
      await fill.stop();
      endTelling();
      await temporal.connection.close();
      await personal.end();
      await nats.drain();
    },
  };
};
