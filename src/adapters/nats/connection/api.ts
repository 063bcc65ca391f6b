import type { JetStreamManagerOptions, JetStreamOptions, NatsConnection } from 'nats';
import { createInbox } from 'nats';
import type { Patience } from './patience';

/** Where JetStream's API is, for accounts that reach it under another name. Set at most one of the two. */
export interface ApiSettings {
  /** Domain of a JetStream behind leaf nodes: its API is `$JS.<domain>.API`. */
  readonly domain?: string | undefined;
  /** Prefix of an API that is imported from another account, such as `JS.hub`. */
  readonly apiPrefix?: string | undefined;
}

const DEFAULT_PREFIX = '$JS.API';
/** The client's own. */
const DEFAULT_INBOX = '_INBOX';
const bound = new WeakMap<
  NatsConnection,
  { readonly prefix: string; readonly inboxPrefix?: string | undefined }
>();

/**
 * Binds domain and prefix to the connection. The client takes them at each `jetstream()` and `jetstreamManager()`;
 * here no call can forget them. The manager's first request, which checks that JetStream is available, is made with
 * patience.
 */
export function bindApi(
  connection: NatsConnection,
  { domain, apiPrefix, inboxPrefix }: ApiSettings & { readonly inboxPrefix?: string | undefined },
  patience: Patience,
): NatsConnection {
  const prefix = domain === undefined ? (apiPrefix ?? DEFAULT_PREFIX) : `$JS.${domain}.API`;
  bound.set(connection, { prefix, inboxPrefix });
  const jetstream = connection.jetstream.bind(connection);
  const jetstreamManager = connection.jetstreamManager.bind(connection);
  return Object.assign(connection, {
    jetstream: (options?: JetStreamOptions) => jetstream({ apiPrefix: prefix, ...options }),
    jetstreamManager: (options?: JetStreamManagerOptions) =>
      patience(() => jetstreamManager({ apiPrefix: prefix, ...options })),
  });
}

/** The API's prefix, for requests that do not use the client's JetStream parts. */
export function apiPrefixOf(connection: NatsConnection): string {
  return bound.get(connection)?.prefix ?? DEFAULT_PREFIX;
}

/** A new subject for the answers of one request. The client's `createInbox` does not know the connection's prefix. */
export function newInbox(connection: NatsConnection): string {
  return createInbox(bound.get(connection)?.inboxPrefix);
}

/** A subject that the processes of a role may use among themselves: below their inboxes, where no other role may subscribe. */
export function ownSubject(connection: NatsConnection, name: string): string {
  return `${bound.get(connection)?.inboxPrefix ?? DEFAULT_INBOX}.${name}`;
}
