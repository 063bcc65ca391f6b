import type { Finding } from '../finding';
import { findingsOf } from '../finding';

const { ok, warning, problem } = findingsOf('servers');

/** Whether a server answers. */
export interface ServerState {
  readonly server: 'NATS' | 'Temporal' | 'PostgreSQL';
  readonly setting: string;
  /** Without user and password. */
  readonly address: string;
  /** Whether the address was given, so that the local stack does not start the server. */
  readonly external: boolean;
  readonly state:
    | { readonly kind: 'up' }
    | { readonly kind: 'away'; readonly why: string }
    /** It answers, and does not have what this deployment keeps in it; `setting` says which one. */
    | {
        readonly kind: 'lacks';
        readonly what: 'database' | 'namespace';
        readonly name: string;
        readonly setting: string;
      }
    /** It answers, and one side does not accept the other. */
    | { readonly kind: 'refused'; readonly why: string }
    /** The address is not set, and there is no default. */
    | { readonly kind: 'unset' };
}

/** What cannot be examined without the server. */
const WITHOUT: Readonly<Record<ServerState['server'], string>> = {
  NATS: 'streams, consumers and account',
  Temporal: 'search attributes, pools and versions',
  PostgreSQL: 'migrations',
};

const CREATE = {
  database: (name: string) => `"createdb ${name}"`,
  namespace: (name: string) => `"temporal operator namespace create --namespace ${name}"`,
};

export function checkServers(servers: readonly ServerState[]): Finding[] {
  return servers.map(({ server, setting, address, external, state }) => {
    const where = `${setting} ${address}`;
    switch (state.kind) {
      case 'up':
        return ok(where, `${server} answers`);
      case 'unset':
        return warning({
          ...{ code: 'server-unset', where: setting, what: `is not set: not checked: ${WITHOUT[server]}` },
          remedy: `set ${setting}, and run "npx sagaline doctor" again`,
        });
      case 'away':
        return problem({
          code: 'server-away',
          where,
          what: `${server} does not answer (${state.why}). Not checked without it: ${WITHOUT[server]}`,
          remedy: external
            ? `start ${server}, or set ${setting} to where it is`
            : `"npx sagaline start" starts it here; ${setting} names one elsewhere`,
        });
      case 'lacks': {
        const { what, name } = state;
        return problem({
          ...{ code: `${what}-missing`, where, what: `${server} has no ${what} "${name}"` },
          remedy: `create it (${CREATE[what](name)}), or set ${state.setting} to one that is there`,
        });
      }
      case 'refused':
        return problem({
          ...{ code: 'server-refuses', where, what: `${server} refuses this process: ${state.why}` },
          remedy: `correct the credentials or TLS files that belong to ${setting}: docs/security.md`,
        });
    }
  });
}
