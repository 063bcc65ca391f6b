import { AsyncLocalStorage } from 'node:async_hooks';
import type { FastifyInstance } from 'fastify';

/** The `traceparent` of the call that is being answered, also in the timers that it sets. */
const caller = new AsyncLocalStorage<string>();

/** Keeps the `traceparent` of each call while it is answered. */
export function keepTraces(app: FastifyInstance): void {
  // After the body: reading it loses the context.
  app.addHook('preHandler', ({ headers: { traceparent } }, _reply, next) => {
    if (typeof traceparent === 'string') caller.run(traceparent, next);
    else next();
  });
}

/** The `traceparent` of the call that has led here; `undefined` if there was none, or before the last restart. */
export function traceOfCaller(): string | undefined {
  return caller.getStore();
}
