import path from 'node:path';

/** The name that the nodes of the server have among themselves. */
export const NODE_NAME = 'temporal-node';

/** The files of the server, below the folder of the keys. */
export const SERVER_FILES = {
  certificate: 'server.pem',
  key: 'server-key.pem',
  clientAuthority: 'ca.pem',
  nodeCertificate: 'node.pem',
  nodeKey: 'node-key.pem',
  nodeAuthority: 'node-ca.pem',
  tokenKeys: 'jwks.json',
} as const;

/**
 * The environment of Temporal's server, for the configuration that is built into it, as in the image
 * `temporalio/server`: TLS with client certificates, and an authorizer that knows the roles by their tokens. The nodes
 * have an authority of their own, because the ports between them ask for no token: with a role's certificate nobody
 * gets in there. The server's own workers use the internal frontend.
 *
 * @param folder where the server finds its files
 */
export function serverSettings(folder: string): Record<string, string> {
  const at = (name: keyof typeof SERVER_FILES) => path.posix.join(folder, SERVER_FILES[name]);
  return {
    USE_INTERNAL_FRONTEND: 'true',
    // Without this list, the internal frontend is configured and not started.
    TEMPORAL_SERVICES: 'frontend,internal-frontend,history,matching,worker',
    // The internal frontend asks for no token, and its HTTP API takes the certificates of roles: it must not be there.
    INTERNAL_FRONTEND_HTTP_PORT: '0',
    TEMPORAL_AUTH_AUTHORIZER: 'default',
    TEMPORAL_AUTH_CLAIM_MAPPER: 'default',
    TEMPORAL_JWT_KEY_SOURCE1: `file://${at('tokenKeys')}`,
    TEMPORAL_JWT_KEY_REFRESH: '15s',
    TEMPORAL_TLS_REQUIRE_CLIENT_AUTH: 'true',
    TEMPORAL_TLS_FRONTEND_CERT: at('certificate'),
    TEMPORAL_TLS_FRONTEND_KEY: at('key'),
    TEMPORAL_TLS_CLIENT1_CA_CERT: at('clientAuthority'),
    // The built-in configuration has places for two; an empty second one is no file that can be read.
    TEMPORAL_TLS_CLIENT2_CA_CERT: at('clientAuthority'),
    TEMPORAL_TLS_SERVER_CERT: at('nodeCertificate'),
    TEMPORAL_TLS_SERVER_KEY: at('nodeKey'),
    TEMPORAL_TLS_SERVER_CA_CERT: at('nodeAuthority'),
    TEMPORAL_TLS_INTERNODE_SERVER_NAME: NODE_NAME,
    TEMPORAL_TLS_REFRESH_INTERVAL: '15s',
  };
}
