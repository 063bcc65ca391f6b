import { unencapsulated } from '../encapsulation';

export interface ConnectionsOptions {
  /**
   * Aborted when the process is about to stop. Each answer then closes its connection, while new connections are still
   * accepted.
   */
  readonly leaving?: AbortSignal;
}

/**
 * Sends `Connection: close` while the server closes. A connection whose answer is still to come is not among the idle
 * connections that the server closes then. Without this header, the client could keep it open, and delay the end of the
 * process.
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
