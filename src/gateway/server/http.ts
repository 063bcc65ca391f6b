import { STATUS_CODES } from 'node:http';
import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { GatewayMetrics } from '../metrics';
import type { Problem } from '../problem';
import { bodyOf } from '../problem';

/**
 * Headers and body of a request must arrive within this time: a client that sends them slowly would otherwise hold a
 * connection for as long as it likes. An event of the largest size takes a second on a line of 10 Mbit/s.
 */
const REQUEST_WITHIN_MS = 10_000;
/** How often connections are checked: a slow request ends this much later at most. Node's default is 30 s. */
const CHECK_EVERY_MS = 500;

/**
 * Requests of one connection; the answer to the last one closes it. Requests that a client sends without waiting for
 * answers are all read at once.
 */
const REQUESTS_PER_CONNECTION = 1_000;

export interface HttpOptions {
  readonly metrics: GatewayMetrics;
  /** The most connections at once; a further one is closed without an answer. Default: no limit */
  readonly maxConnections?: number | undefined;
  /** Proxies whose `X-Forwarded-For` is believed: addresses and networks. Default: none */
  readonly trustedProxies?: readonly string[] | undefined;
  /** Default: 10 s */
  readonly requestWithinMs?: number | undefined;
}

/** Options of Fastify for the HTTP server below it. */
export function httpServer({
  metrics,
  trustedProxies = [],
  requestWithinMs = REQUEST_WITHIN_MS,
}: HttpOptions) {
  const http: ServerOptions = {
    headersTimeout: requestWithinMs,
    connectionsCheckingInterval: CHECK_EVERY_MS,
    // Node would answer a request without Host with an empty 400; `hostRequired` answers a problem.
    requireHostHeader: false,
  };
  return {
    http,
    // Fastify sets it on the server, whatever `http` says.
    requestTimeout: requestWithinMs,
    maxRequestsPerSocket: REQUESTS_PER_CONNECTION,
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    clientErrorHandler: (error: NodeJS.ErrnoException, socket: Socket) => {
      if (error.code === 'ECONNRESET' || socket.destroyed) return;
      const problem = problemOfParser(error.code);
      metrics.refused('connection', problem.reason);
      if (socket.writable) socket.end(responseOf(problem), () => socket.destroy());
      else socket.destroy();
    },
  };
}

/** Closes connections above the limit at once, and counts them. */
export function limitConnections(server: Server, { maxConnections, metrics }: HttpOptions): void {
  if (maxConnections === undefined) return;
  server.maxConnections = maxConnections;
  server.on('drop', () => metrics.refused('connection', 'too-many-connections'));
}

/** Answers `Expect` with anything other than `100-continue`, which Node would answer without a body. */
export function answerExpectations(server: Server, metrics: GatewayMetrics): void {
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    metrics.refused('connection', EXPECTATION.reason);
    const body = JSON.stringify(bodyOf(EXPECTATION));
    response.writeHead(EXPECTATION.status, {
      'content-type': PROBLEM_JSON,
      'content-length': Buffer.byteLength(body),
      connection: 'close',
    });
    response.end(body);
  });
}

const PROBLEM_JSON = 'application/problem+json';

/** What cannot be parsed has no request, and so no `reply`. */
function responseOf(problem: Problem): string {
  const body = JSON.stringify(bodyOf(problem));
  return [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
    `Content-Type: ${PROBLEM_JSON}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}

/** The detail never quotes the request, nor the parser, whose messages tell its version. */
function problemOfParser(code: string | undefined): Problem {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return {
        status: 408,
        reason: 'request-timeout',
        title: 'the request took too long to arrive',
        detail: 'Send headers and body without a pause.',
      };
    case 'HPE_HEADER_OVERFLOW':
      return {
        status: 431,
        reason: 'headers-too-large',
        title: 'the headers are too large',
        detail: 'Request line and headers may have 16 KiB together.',
      };
    default:
      return BAD_REQUEST;
  }
}

export const BAD_REQUEST: Problem = {
  status: 400,
  reason: 'bad-request',
  title: 'this is no request that can be answered',
  detail: 'It is not HTTP/1.1 as RFC 9112 describes it.',
};

const EXPECTATION: Problem = {
  status: 417,
  reason: 'expectation-failed',
  title: 'this is expected in vain',
  detail: 'The only expectation that is met is 100-continue.',
};
