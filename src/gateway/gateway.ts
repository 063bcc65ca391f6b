import Fastify, { type FastifyInstance } from 'fastify';
import type { Publish } from '../adapters/nats';
import type { Catalogue, Log } from '../contracts';
import { MAX_EVENT_BYTES } from '../contracts';
import { addEvents } from './events';
import type { Health } from './health';
import { addHealth } from './health';
import { problemOf, sendProblem } from './problem';
import { addWebhooks } from './webhooks';

export interface GatewayMetrics {
  accepted(door: 'events' | 'webhooks', duplicate: boolean): void;
  refused(door: 'events' | 'webhooks', reason: string): void;
}

export interface GatewayParts {
  readonly catalogue: Catalogue;
  readonly publish: Publish;
  /** By provider; any of a provider's secrets may have signed. */
  readonly webhookSecrets: Readonly<Record<string, readonly string[]>>;
  readonly metrics: GatewayMetrics;
  readonly health: Health;
  readonly log: Log;
  readonly clock: () => Date;
}

/** The HTTP door: CloudEvents and webhooks in, health and metrics out. Nothing is answered 2xx that is not stored. */
export function createGateway(parts: GatewayParts): FastifyInstance {
  const app = Fastify({ bodyLimit: MAX_EVENT_BYTES });

  // Bytes are kept as they came: signatures are over bytes, and the engine's own JSON reader has its own limits.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  app.setNotFoundHandler((request, reply) =>
    sendProblem(reply, {
      status: 404,
      reason: 'not-found',
      title: 'there is nothing here',
      detail: `${request.method} ${request.url}: POST /events, POST /webhooks/:provider, GET /livez, /readyz, /metrics`,
    }),
  );
  app.setErrorHandler((error, _request, reply) => {
    if (isTooLarge(error)) {
      const detail = `at most ${MAX_EVENT_BYTES} bytes are allowed`;
      return sendProblem(reply, problemOf({ reason: 'too-large', detail }));
    }
    parts.log.error({ err: error }, 'request failed');
    return sendProblem(reply, {
      status: 500,
      reason: 'internal',
      title: 'the gateway failed',
      detail: 'Send the same event again; the operator finds the cause in the log.',
    });
  });

  addEvents(app, parts);
  addWebhooks(app, parts);
  addHealth(app, parts.health);
  return app;
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'FST_ERR_CTP_BODY_TOO_LARGE';
}
