import type { NatsConnection } from 'nats';
import type { NatsFiles } from '../adapters/nats';
import { connectNats, createPublisher, natsIsUp, NotPublishedError } from '../adapters/nats';
import type { Log, SignEvent } from '../contracts';
import type { Transport } from './transport';

/**
 * JetStream, as the target of a publisher.
 *
 * @example
 * const target: NatsTarget = {
 *   nats: 'tls://nats.example.com:4222',
 *   tls: { caFile: 'ca.pem', certFile: 'client.pem', keyFile: 'client-key.pem' },
 *   nkeyFile: 'user.nk',
 * };
 */
export interface NatsTarget extends NatsFiles {
  /**
   * `nats://user:password@host:4222`; for a cluster, several addresses separated by commas. A `tls://` address is never
   * used without TLS.
   */
  readonly nats: string;
  /** JetStream's domain, if it is behind leaf nodes. */
  readonly domain?: string;
  /** The user may subscribe to `<prefix>.>`. Default: `_INBOX` */
  readonly inboxPrefix?: string;
}

/** Publishes straight to JetStream. It connects at the first publish, and again after that has failed. */
export function natsTransport(
  { nats: url, ...target }: NatsTarget,
  { name, log, sign }: { readonly name: string; readonly log: Log; readonly sign?: SignEvent | undefined },
): Transport {
  let connecting: Promise<NatsConnection> | undefined;

  async function connected(): Promise<NatsConnection> {
    const known = await connecting?.catch(() => undefined);
    // The connection is closed if the server has refused the credentials.
    if (known && !known.isClosed()) return known;
    connecting = connectNats({ ...target, url, name, log, orFail: true });
    return connecting;
  }

  return {
    publish: async (event) => {
      let connection: NatsConnection;
      try {
        connection = await connected();
      } catch (cause) {
        throw new NotPublishedError(event.subject, 'unconfirmed', { cause });
      }
      return createPublisher(connection.jetstream(), { sign })(event);
    },
    reachable: () => connected().then(natsIsUp, () => false),
    close: async () => {
      const connection = await connecting?.catch(() => undefined);
      if (connection && !connection.isClosed()) await connection.drain();
    },
  };
}
