import { unencapsulated } from '../encapsulation';

export interface ConnectionsOptions {
  /** Aborted when the process is about to stop: each answer then closes its connection, while new ones are still taken. */
  readonly leaving?: AbortSignal;
}

/**
 * A connection whose answer is still to come when the server closes is not among the idle ones that are closed then: without
 * this header it would stay open, and hold up the end, for as long as the client likes to keep it.
 */
export const closingConnections = unencapsulated<ConnectionsOptions>((scope, { leaving }) => {
  let closing = false;
  scope.addHook('preClose', (next) => {
    closing = true;
    next();
  });
  scope.addHook('onSend', (_request, reply, _payload, next) => {
    if (closing || leaving?.aborted === true) void reply.header('connection', 'close');
    next();
  });
});
