import type { TraceContext } from '../../contracts';
import { readTrace } from '../../contracts';
import type { Span, Tracing } from '../../tracing';
import { untraced } from '../../tracing';
import { unencapsulated } from '../encapsulation';

declare module 'fastify' {
  interface FastifyRequest {
    /** Where the request is in its trace; `undefined` if nothing is recorded and the request has no `traceparent`. */
    trace: TraceContext | undefined;
  }
}

export interface TraceOptions {
  /** Default: nothing is recorded. */
  readonly tracing?: Tracing | undefined;
}

const FIRST_SERVER_ERROR = 500;

/** Takes the `traceparent` of each request as the parent of what the request leads to (W3C trace context). */
export const requestTrace = unencapsulated<TraceOptions>((scope, { tracing = untraced }) => {
  const spans = new WeakMap<object, Span>();
  scope.decorateRequest('trace', undefined);
  scope.addHook('onRequest', (request, _reply, done) => {
    const { traceparent, tracestate } = request.headers;
    const { method } = request;
    const route = request.routeOptions.url;
    const span = tracing.start({
      name: route === undefined ? method : `${method} ${route}`,
      kind: 'server',
      parent: readTrace(traceparent, tracestate),
      attributes: () => ({ 'http.request.method': method, 'http.route': route }),
    });
    request.trace = span.trace;
    spans.set(request, span);
    done();
  });
  scope.addHook('onResponse', (request, { statusCode }, done) => {
    spans.get(request)?.end({
      attributes: { 'http.response.status_code': statusCode },
      ...(statusCode >= FIRST_SERVER_ERROR && { error: `answered ${statusCode}` }),
    });
    done();
  });
});
