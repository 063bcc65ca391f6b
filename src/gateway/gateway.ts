import type { FastifyInstance, FastifyReply } from 'fastify';
import Fastify from 'fastify';
import { MAX_EVENT_BYTES } from '../contracts';
import type { NamedPlugin } from './plugins';
import { deploymentPlugins } from './plugins';
import { sendProblem } from './problem';
import type { EndpointsOptions } from './routes/endpoints';
import { endpointRoutes } from './routes/endpoints';
import type { EventsOptions } from './routes/events';
import { eventRoutes } from './routes/events';
import type { WebhooksOptions } from './routes/webhooks';
import { webhookRoutes } from './routes/webhooks';
import type { AuthenticationOptions } from './server/authentication';
import { authentication, refusalsIn } from './server/authentication';
import { expansions } from './server/compression';
import { answerExpectations, httpServer, limitConnections } from './server/http';
import type { HttpOptions } from './server/http';
import type { LimitsOptions } from './server/limits';
import { hardening, limits } from './server/limits';
import { rawBody } from './server/request';
import { requestTrace } from './server/trace';
import type { TraceOptions } from './server/trace';
import type { ConnectionsOptions } from './server/connections';
import { closingConnections } from './server/connections';
import type { ErrorsOptions } from './server/errors';
import { errorAnswers, INTERNAL, problemOfRequest } from './server/errors';
import { notFound } from './server/not-found';

/** The options of all parts of the gateway. */
export interface GatewayParts
  extends
    Omit<EventsOptions, 'tellRefusal'>,
    Omit<WebhooksOptions, 'tellRefusal'>,
    EndpointsOptions,
    ErrorsOptions,
    ConnectionsOptions,
    TraceOptions,
    HttpOptions,
    Omit<AuthenticationOptions, 'tellRefusal'>,
    Omit<LimitsOptions, 'tellRefusal'> {
  /** The plugins of the deployment, in the order in which they are loaded. */
  readonly plugins?: readonly NamedPlugin[];
}

/**
 * Creates the HTTP server: it takes CloudEvents and webhooks. It answers 2xx for an event only when the event is
 * stored. Health and metrics are served elsewhere: `serveHealth`.
 */
export function createGateway(given: GatewayParts): FastifyInstance {
  const parts = { ...given, tellRefusal: refusalsIn(given.log) };
  const app = Fastify({
    ...httpServer(parts),
    bodyLimit: MAX_EVENT_BYTES,
    // While the server closes, a request on an open connection is answered like any other.
    return503OnClosing: false,
    // A URL that cannot be parsed does not reach the error handler.
    frameworkErrors: (error, _request, reply: FastifyReply) => {
      void sendProblem(reply, problemOfRequest(error) ?? INTERNAL);
    },
  });
  limitConnections(app.server, parts);
  answerExpectations(app.server, parts.metrics);
  void app.register(requestTrace, parts);
  void app.register(closingConnections, parts);
  const bodies = expansions();
  void app.register(rawBody, { bodies });
  void app.register(notFound, parts);
  void app.register(errorAnswers, parts);
  void app.register(hardening);
  void app.register(authentication, parts);
  void app.register(limits, parts);
  void app.register(deploymentPlugins, {
    plugins: parts.plugins ?? [],
    behind: async (own) => {
      await own.register(rawBody, { bodies });
      await own.register(errorAnswers, parts);
      await own.register(eventRoutes, parts);
      await own.register(webhookRoutes, parts);
      await own.register(endpointRoutes, parts);
    },
  });
  return app;
}
