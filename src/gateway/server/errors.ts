import type { Catalogue, Log } from '../../contracts';
import { MAX_EVENT_BYTES } from '../../contracts';
import type { EndpointName, GatewayMetrics } from '../metrics';
import type { Problem } from '../problem';
import { problemOf, sendProblem } from '../problem';
import { unencapsulated } from '../encapsulation';
import { ACCEPTED_ENCODINGS, BodyRefusedError } from './compression';

export interface ErrorsOptions {
  readonly catalogue: Catalogue;
  readonly metrics: GatewayMetrics;
  readonly log: Log;
}

/** Answers each error as a problem, and counts what the HTTP server or a plugin has refused. */
export const errorAnswers = unencapsulated<ErrorsOptions>((scope, { catalogue, metrics, log }) => {
  scope.setErrorHandler((error, request, reply) => {
    const problem = problemOfRequest(error);
    if (!problem) {
      log.error({ err: error }, 'request failed');
      return sendProblem(reply, INTERNAL);
    }
    metrics.refused(endpointOf(request.url, catalogue), problem.reason);
    if (problem.status === 415)
      void reply.header(
        'accept-encoding',
        error instanceof BodyRefusedError ? error.accepted : ACCEPTED_ENCODINGS,
      );
    return sendProblem(reply, problem);
  });
});

export function endpointOf(url: string, { endpoints }: Catalogue): EndpointName {
  if (url.startsWith('/webhooks/')) return 'webhooks';
  return endpoints.some(({ path }) => url.split('?', 1)[0] === path) ? 'request-reply' : 'events';
}

export const INTERNAL: Problem = {
  status: 500,
  reason: 'internal',
  title: 'the gateway failed',
  detail: 'Send the same event again; the operator finds the cause in the log.',
};

/** Reasons for the errors that a plugin's hook throws, by `statusCode`. */
const REASONS_OF_PLUGINS: Readonly<Record<number, string>> = {
  401: 'unauthorized',
  403: 'forbidden',
  429: 'too-many-requests',
};

/** The problem of a request that the HTTP server or a plugin has refused; `undefined` if the fault is ours. */
export function problemOfRequest(error: unknown): Problem | undefined {
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
