import type { NatsAccess } from '../adapters/nats';
import type { Config } from '../config';
import type { Catalogue } from '../contracts';
import { publishPermissions } from '../contracts';
import { sharedGroups } from '../subscriptions';

/** What a project needs of NATS: its events by their origins, its consumers by bridge and subscriptions. */
export function natsAccessOf(
  catalogue: Catalogue,
  { BRIDGE_NAME, nats }: Pick<Config, 'BRIDGE_NAME' | 'nats'>,
): NatsAccess {
  const { domain, apiPrefix } = nats;
  return {
    events: publishPermissions(catalogue),
    groups: { bridge: BRIDGE_NAME, subscriptions: sharedGroups(catalogue) },
    broadcast: catalogue.subscriptions.some(({ mode }) => mode === 'broadcast'),
    apiPrefix: domain === undefined ? apiPrefix : `$JS.${domain}.API`,
  };
}
