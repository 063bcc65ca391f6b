import { MIRROR_STREAM } from '../streams/wanted-streams';
import type { Service } from './accounts';
import { accountOf, importsOf, JETSTREAM_ACCOUNT, servicesOf } from './accounts';
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
 * both sides, and the accounts and users of `usersConfiguration`. It is a start: a cluster, limits and monitoring are
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
  strict: true
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
  include ${quoted(users)}
  # Nobody deletes a stream or changes the mirror, not even JetStream on behalf of a role. Remove what you need to do.
  $SYS {
    mappings {
      ${quoted('$JS.API.STREAM.DELETE.*')}: refused
      ${quoted(`$JS.API.STREAM.UPDATE.${MIRROR_STREAM}`)}: refused
    }
  }
}
`;
}

/**
 * How long the server keeps the way back of a pull after its last answer. A pull is open for three seconds. The default,
 * two minutes, would keep thousands of ways.
 */
const PULL_THRESHOLD = '10s';

/**
 * The accounts and their users, with their permissions: the second line, should an import be too wide. A user may have
 * several keys while they are rotated.
 */
export function usersConfiguration(
  permissions: Readonly<Record<NatsRole, RolePermissions>>,
  publicKeys: Readonly<Record<NatsRole, readonly string[]>>,
): string {
  const accounts = NATS_ROLES.map((role) => {
    const users = publicKeys[role].map((publicKey) => userOf(publicKey, permissions[role]));
    return `${accountOf(role)} {
  imports: [
${importsOf(permissions[role]).map(importOf).join('\n')}
  ]
  users: [
${users.join('\n')}
  ]
}
`;
  });
  return `# Written by "sagaline keys": do not change it by hand.
${JETSTREAM_ACCOUNT} {
  jetstream: enabled
  exports: [
${servicesOf(permissions).map(exportOf).join('\n')}
  ]
}
${accounts.join('')}`;
}

function exportOf({ subject, roles, answers }: Service): string {
  const several =
    answers === 'several' ? `, response_type: stream, response_threshold: "${PULL_THRESHOLD}"` : '';
  return `    { service: ${quoted(subject)}, accounts: [${roles.map(accountOf).join(', ')}]${several} }`;
}

function importOf(subject: string): string {
  return `    { service: { account: ${JETSTREAM_ACCOUNT}, subject: ${quoted(subject)} } }`;
}

function userOf(nkey: string, { publish, subscribe }: RolePermissions): string {
  const deny = publish.deny ? `, deny: ${list(publish.deny)}` : '';
  return `    { nkey: ${nkey}, permissions: {
      publish: { allow: ${list(publish.allow)}${deny} }
      subscribe: { allow: ${list(subscribe.allow)} }
    } }`;
}

function list(subjects: readonly string[]): string {
  return `[\n${subjects.map((subject) => `        ${quoted(subject)}`).join('\n')}\n      ]`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
