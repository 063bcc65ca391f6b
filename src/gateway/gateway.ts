import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Fastify from 'fastify';
import type { Publish, PublishFirst } from '../adapters/nats';
import type { Submit } from '../adapters/temporal';
import type { Catalogue, Log } from '../contracts';
import { MAX_EVENT_BYTES } from '../contracts';
import { ACCEPTED_ENCODINGS, BodyRefusedError, decompressed } from './compression';
import { addEndpoints } from './endpoints';
import { addEvents } from './events';
import type { Health } from './health';
import { addHealth } from './health';
import type { NamedPlugin } from './plugins';
import { addPlugins } from './plugins';
import type { Problem } from './problem';
import { problemOf, sendProblem } from './problem';
import { addWebhooks } from './webhooks';

/** Endpoints of the domains are counted together. */
export type EndpointName = 'events' | 'webhooks' | 'request-reply';

export interface GatewayMetrics {
  accepted(endpoint: EndpointName, duplicate: boolean): void;
  refused(endpoint: EndpointName, reason: string): void;
  /** Fields of an event that its contract does not know, which were left out. */
  unknownFields(type: string, fields: readonly string[]): void;
}

export interface GatewayParts {
  readonly catalogue: Catalogue;
  readonly publish: Publish;
  /** For the endpoints that answer when the process does. */
  readonly publishFirst: PublishFirst;
  readonly submit: Submit;
  /** By provider; any of a provider's secrets may have signed. */
  readonly webhookSecrets: Readonly<Record<string, readonly string[]>>;
  readonly metrics: GatewayMetrics;
  readonly health: Health;
  /** Of the deployment, in the order in which they are loaded. */
  readonly plugins?: readonly NamedPlugin[];
  /** Aborted when the process is about to stop: each answer then closes its connection, while new ones are still taken. */
  readonly leaving?: AbortSignal;
  readonly log: Log;
  readonly clock: () => Date;
}

/** The HTTP endpoint: CloudEvents and webhooks in, health and metrics out. Nothing is answered 2xx that is not stored. */
export function createGateway(parts: GatewayParts): FastifyInstance {
  const app = Fastify({
    bodyLimit: MAX_EVENT_BYTES,
    // A request on a connection that is still open is answered as any other, also behind the close.
    return503OnClosing: false,
    // An address that cannot be read does not get as far as the error handler below.
    frameworkErrors: (error, _request, reply: FastifyReply) => {
      void sendProblem(reply, problemOfRequest(error) ?? INTERNAL);
    },
  });

  // A connection whose answer is still to come when we close is not among the idle ones that are closed then: without
  // this word it would stay open, and hold up the end, for as long as the client likes to keep it.
  let closing = false;
  app.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (closing || parts.leaving?.aborted === true) void reply.header('connection', 'close');
    done();
  });

  // Bytes are kept as they were sent: signatures are over bytes, and the engine's own JSON reader has its own limits.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, readBody);

  const endpoints = parts.catalogue.endpoints.map(({ path }) => `POST ${path}, `).join('');
  app.setNotFoundHandler((request, reply) =>
    sendProblem(reply, {
      status: 404,
      reason: 'not-found',
      title: 'there is nothing here',
      detail: `${request.method} ${request.url}: POST /events, POST /webhooks/:provider, ${endpoints}GET /livez, /readyz, /metrics`,
    }),
  );
  const answerError: ErrorHandler = (error, request, reply) => {
    const problem = problemOfRequest(error);
    if (!problem) {
      parts.log.error({ err: error }, 'request failed');
      return sendProblem(reply, INTERNAL);
    }
    parts.metrics.refused(endpointOf(request.url, parts.catalogue), problem.reason);
    if (problem.status === 415) void reply.header('accept-encoding', ACCEPTED_ENCODINGS);
    return sendProblem(reply, problem);
  };
  app.setErrorHandler(answerError);

  // Outside of the plugins' scope: no hook of theirs comes before it.
  addHealth(app, parts.health);
  addPlugins(app, parts.plugins ?? [], (own) => {
    own.removeAllContentTypeParsers();
    own.addContentTypeParser('*', { parseAs: 'buffer' }, readBody);
    own.setErrorHandler(answerError);
    addEvents(own, parts);
    addWebhooks(own, parts);
    addEndpoints(own, parts);
  });
  return app;
}

type ErrorHandler = (error: unknown, request: FastifyRequest, reply: FastifyReply) => FastifyReply;

async function readBody(request: FastifyRequest, body: Buffer): Promise<Buffer> {
  const encoding = request.headers['content-encoding'];
  return encoding === undefined ? body : decompressed(body, encoding);
}

function endpointOf(url: string, { endpoints }: Catalogue): EndpointName {
  if (url.startsWith('/webhooks/')) return 'webhooks';
  return endpoints.some(({ path }) => url.split('?', 1)[0] === path) ? 'request-reply' : 'events';
}

const INTERNAL: Problem = {
  status: 500,
  reason: 'internal',
  title: 'the gateway failed',
  detail: 'Send the same event again; the operator finds the cause in the log.',
};

/** What a plugin's hook throws, by its `statusCode`. */
const REASONS_OF_PLUGINS: Readonly<Record<number, string>> = {
  401: 'unauthorized',
  403: 'forbidden',
  429: 'too-many-requests',
};

/** What is wrong with a request that the HTTP server has refused by itself; `undefined` when the fault is ours. */
function problemOfRequest(error: unknown): Problem | undefined {
  if (error instanceof BodyRefusedError) return error.problem;
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (!(error instanceof Error) || status < 400 || status >= 500) return undefined;
  if (status === 413) {
    return problemOf({
      reason: 'too-large',
      detail: `the body is too large: at most ${MAX_EVENT_BYTES} bytes are allowed`,
    });
  }
  if (status === 415) return problemOf({ reason: 'unsupported-content-type', detail: error.message });
  return {
    status,
    reason: REASONS_OF_PLUGINS[status] ?? 'bad-request',
    title: 'this is no request that can be answered',
    detail: error.message,
  };
}
