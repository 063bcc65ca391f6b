import type { FastifyInstance } from 'fastify';
import type { Sources } from './sources';

/** A call to one of the providers; `status` is null when the caller got no answer. */
export interface Call {
  readonly received_at: string;
  readonly method: string;
  readonly path: string;
  readonly idempotency_key: string | null;
  readonly status: number | null;
}

/** The latest calls to the providers, in memory only: tests count the calls in it. */
export interface CallRecord {
  readonly add: (call: Omit<Call, 'received_at'>) => void;
  readonly all: () => readonly Call[];
}

// Enough for some hours of development; more calls would only fill the memory.
const CALLS_REMEMBERED = 10_000;
const PROVIDER_PATHS = /^\/(payment-provider|carrier)\//;

export function createCallRecord(sources: Sources): CallRecord {
  const calls: Call[] = [];
  return {
    add: (call) => {
      calls.push({ received_at: new Date(sources.now()).toISOString(), ...call });
      if (calls.length > CALLS_REMEMBERED) calls.shift();
    },
    all: () => calls,
  };
}

export function recordCalls(app: FastifyInstance, record: CallRecord): void {
  app.addHook('onRequest', (request, reply, next) => {
    if (PROVIDER_PATHS.test(request.url)) {
      const key = request.headers['idempotency-key'];
      // `close` also comes when the caller disconnects or we break the connection; the answer is then not written to its end.
      reply.raw.once('close', () => {
        record.add({
          method: request.method,
          path: request.url,
          idempotency_key: typeof key === 'string' ? key : null,
          status: reply.raw.writableFinished ? reply.raw.statusCode : null,
        });
      });
    }
    next();
  });
}
