import type { NatsAccess } from '../../adapters/nats';
import type { Config } from '../../config';
import type { Catalogue } from '../../contracts';
import { subjectSpaceOf } from '../../contracts';
import { sharedGroups } from '../../subscriptions';

/**
 * What a project needs of NATS. An event is from outside if it names a publisher, or if something in the project waits
 * for it; the project itself publishes those without a publisher.
 */
export function natsAccessOf(catalogue: Catalogue, { BRIDGE_NAME, nats }: Config): NatsAccess {
  const { contracts, endpoints, subscriptions } = catalogue;
  const isReceived = ({ type, publisher }: (typeof contracts)[number]) =>
    publisher !== undefined ||
    catalogue.routesOf(type).length > 0 ||
    endpoints.some(({ event }) => event.type === type);
  const spaces = (of: typeof contracts) => of.map(({ type }) => subjectSpaceOf(type));
  const { domain, apiPrefix } = nats;
  return {
    received: spaces(contracts.filter(isReceived)),
    own: spaces(contracts.filter(({ publisher }) => publisher === undefined)),
    groups: { bridge: BRIDGE_NAME, subscriptions: sharedGroups(catalogue).map(({ name }) => name) },
    broadcast: subscriptions.some(({ mode }) => mode === 'broadcast'),
    apiPrefix: domain === undefined ? apiPrefix : `$JS.${domain}.API`,
  };
}
