import fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { compressed } from './compression';
import { refusal, type Answer } from './decision';
import { CallRefusedError } from './requests';
import type { SandboxSettings } from './settings';
import type { Sources } from './sources';
import type { Store } from './store';

// An order of a hundred parcels is 10 KiB.
const BODY_LIMIT_BYTES = 64 * 1024;
const PROVIDER_PATHS = /^\/(payment-provider|carrier)\//;

/** An HTTP server without routes: how it reads bodies, refuses calls, and writes down each call to a provider. */
export function createServer(store: Store, sources: Sources, log: SandboxSettings['log']): FastifyInstance {
  const app = fastify({ bodyLimit: BODY_LIMIT_BYTES, forceCloseConnections: true });
  acceptEmptyJsonBodies(app);

  app.addHook('onRequest', (request, reply, next) => {
    if (PROVIDER_PATHS.test(request.url)) {
      const key = request.headers['idempotency-key'];
      const call = {
        received_at: new Date(sources.now()).toISOString(),
        method: request.method,
        path: request.url,
        idempotency_key: typeof key === 'string' ? key : null,
      };
      // Also when the caller went away, or we broke the connection: then nothing has been written to the end.
      reply.raw.once('close', () => {
        const status = reply.raw.writableFinished ? reply.raw.statusCode : null;
        store.note({ kind: 'call-received', call: { ...call, status } });
      });
    }
    next();
  });

  app.addHook('onSend', compressed);
  app.setNotFoundHandler((_request, reply) => {
    const error = { type: 'not_found', code: 'unknown_path', message: 'There is no such path.' };
    return reply.status(404).send(refusal(404, error).body);
  });
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const answer = error instanceof CallRefusedError ? error.answer : answerToServerError(error);
    if (answer.status >= 500) log('a call failed', { method: request.method, path: request.url, error });
    return reply.status(answer.status).send(answer.body);
  });
  return app;
}

// Clients send `content-type: application/json` with a cancellation, which has no body.
function acceptEmptyJsonBodies(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else void parseJson(request, body.toString(), done);
  });
}

function answerToServerError(error: FastifyError): Answer {
  const status = error.statusCode ?? 500;
  if (status >= 500) {
    return refusal(500, {
      type: 'api_error',
      code: 'internal_error',
      message: 'The sandbox itself has failed.',
    });
  }
  const code = status === 413 ? 'body_too_large' : 'body_unreadable';
  return refusal(status, { type: 'invalid_request', code, message: error.message }, { param: 'body' });
}
