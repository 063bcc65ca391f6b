import type { FastifyInstance } from 'fastify';
import type { Sources } from './sources';

/** A call to one of the providers; `status` is null where the caller was left without an answer. */
export interface Call {
  readonly received_at: string;
  readonly method: string;
  readonly path: string;
  readonly idempotency_key: string | null;
  readonly status: number | null;
}

/** The latest calls to the providers, in memory only: tests look up how often one was made. */
export interface CallRecord {
  readonly add: (call: Omit<Call, 'received_at'>) => void;
  readonly all: () => readonly Call[];
}

// Some hours of development; older calls would only fill the memory.
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
      // Also when the caller went away, or we broke the connection: then nothing has been written to the end.
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
