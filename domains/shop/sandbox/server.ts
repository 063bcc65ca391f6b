import fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { refusal, type Answer } from './decision';
import { CallRefusedError } from './requests';
import type { CallRecord } from './calls';
import { recordCalls } from './calls';
import type { SandboxSettings } from './settings';
import { keepTraces } from './trace';

// An order of a hundred parcels is 10 KiB.
const BODY_LIMIT_BYTES = 64 * 1024;

/** An HTTP server without routes: how it reads bodies, refuses calls, and keeps a record of them. */
export function createServer(calls: CallRecord, log: SandboxSettings['log']): FastifyInstance {
  const app = fastify({ bodyLimit: BODY_LIMIT_BYTES, forceCloseConnections: true });
  acceptEmptyJsonBodies(app);
  recordCalls(app, calls);
  keepTraces(app);
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
