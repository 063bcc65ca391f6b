import type { RolePermissions } from './permissions';
import type { NatsRole } from './roles';
import { NATS_ROLES } from './roles';

/** Where the server finds its files, by name. */
export interface ServerFiles {
  readonly certificate: string;
  readonly key: string;
  readonly authority: string;
  /** Relative to the configuration file. */
  readonly users: string;
}

/** The streams' sizes are derived from the largest message; this is NATS's own default. */
const MAX_PAYLOAD_BYTES = 1_048_576;
/** Seconds for the handshake; the default, half a second, is short for a busy machine. */
const TLS_TIMEOUT_S = 3;

/**
 * The configuration of a NATS server that takes encrypted connections only, with a certificate of our authority on
 * both sides, and the users of `usersConfiguration` in one account. It is a start: a cluster, limits and monitoring are
 * yours to add.
 */
export function serverConfiguration(files: ServerFiles): string {
  return `# Written by "sagaline keys init" and never again: change it as you need.
server_name: sagaline
listen: "0.0.0.0:4222"
max_payload: ${MAX_PAYLOAD_BYTES}
jetstream {
  store_dir: "jetstream"
  sync_interval: always
}
${securedBlocks(files)}`;
}

/** TLS with client certificates, and the users: what every server of a secured deployment has in its configuration. */
export function securedBlocks({ certificate, key, authority, users }: ServerFiles): string {
  return `tls {
  cert_file: ${quoted(certificate)}
  key_file: ${quoted(key)}
  ca_file: ${quoted(authority)}
  verify: true
  timeout: ${TLS_TIMEOUT_S}
}
accounts {
  SAGALINE {
    jetstream: enabled
    include ${quoted(users)}
  }
}
`;
}

/** The users with their permissions. A user may have several keys while they are rotated. */
export function usersConfiguration(
  permissions: Readonly<Record<NatsRole, RolePermissions>>,
  publicKeys: Readonly<Record<NatsRole, readonly string[]>>,
): string {
  const users = NATS_ROLES.flatMap((role) =>
    publicKeys[role].map((publicKey) => `  # ${role}\n  ${userOf(publicKey, permissions[role])}`),
  );
  return `# Written by "sagaline keys": do not change it by hand.\nusers: [\n${users.join('\n')}\n]\n`;
}

function userOf(nkey: string, { publish, subscribe }: RolePermissions): string {
  const deny = publish.deny ? `, deny: ${list(publish.deny)}` : '';
  return `{ nkey: ${nkey}, permissions: {
    publish: { allow: ${list(publish.allow)}${deny} }
    subscribe: { allow: ${list(subscribe.allow)} }
  } }`;
}

function list(subjects: readonly string[]): string {
  return `[\n${subjects.map((subject) => `      ${quoted(subject)}`).join('\n')}\n    ]`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
