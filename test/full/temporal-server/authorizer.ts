/**
 * `npm run test:full -- authorizer`: a real Temporal server with the certificates, the authorizer and the tokens of `sagaline keys
 * init --temporal`, in the configuration that docker-compose.yml has. The first run builds the server.
 */
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import type { Client } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { Worker } from '@temporalio/worker';
import { runCommand, say } from '../../../demo/command-line';
import { Command } from 'commander';
import type { TemporalSettings } from '../../../src/adapters/temporal';
import { createSingleAttemptClient, reachTemporal } from '../../../src/adapters/temporal';
import { whyRefused } from '../../../src/adapters/temporal/connection/refusal';
import { TEMPORAL_RIGHTS, TEMPORAL_ROLES } from '../../../src/keys/temporal/roles';
import { NODE_NAME } from '../../../src/keys/temporal/server-settings';
import { newTokens } from '../../../src/keys/temporal/tokens';
import { freePorts } from '../../../src/dev/stack';
import { connectWorker } from '../../../src/runtime/roles/worker-connection';
import { quietRuntime } from '../../../src/testing';
import { silentLog } from '../../support/log';
import type { TemporalKeys } from '../../support/secured-temporal';
import { makeTemporalKeys } from '../../support/secured-temporal';
import { until } from '../../support/until';
import { buildServer, SERVER_VERSION } from '../../../scripts/temporal-server/build';
import type { Right } from './calls';
import { CALLS, FOREIGN, isAllowed } from './calls';
import type { SecuredServer } from './secured-server';
import { startSecuredServer } from './secured-server';

const STEPS: readonly Right[] = ['read', 'write', 'admin'];
const contains = (has: Right, needs: Right) => STEPS.indexOf(has) >= STEPS.indexOf(needs);
/** The server reads the keys of the tokens again every 15 s. */
const KEYS_READ_WITHIN_MS = 40_000;
const READY_WITHIN_MS = 60_000;
/** Where the internal frontend's HTTP API is, unless the settings leave it out. */
const DEFAULT_INTERNAL_HTTP_PORT = 7246;

const problems: string[] = [];
function check(what: string, held: boolean): void {
  if (!held) problems.push(what);
  say(`  ${held ? 'held   ' : 'DID NOT'}  ${what}`);
}

async function withClient<Result>(
  settings: TemporalSettings,
  act: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = createSingleAttemptClient(settings);
  try {
    return await act(client);
  } finally {
    await client.connection.close();
  }
}

async function createNamespace(keys: TemporalKeys): Promise<void> {
  await withClient(await keys.temporal('provision'), async (client) => {
    const { workflowService } = client;
    await until(
      'the namespace',
      async () => {
        await workflowService
          .registerNamespace({ namespace: 'default', workflowExecutionRetentionPeriod: msToTs('1 day') })
          .catch(() => undefined);
        return client.workflow.count().then(
          () => true,
          () => undefined,
        );
      },
      READY_WITHIN_MS,
    );
  });
}

/** Role × call. @returns the lines of the matrix, for the documentation */
async function matrix(keys: TemporalKeys): Promise<void> {
  for (const role of TEMPORAL_ROLES) {
    await withClient(await keys.temporal(role), async (client) => {
      const wrong: string[] = [];
      for (const { name, needs, make } of CALLS)
        if ((await isAllowed(make, client)) !== contains(TEMPORAL_RIGHTS[role], needs)) wrong.push(name);
      for (const { name, make } of FOREIGN) if (await isAllowed(make, client)) wrong.push(name);
      check(
        `${role} may ${TEMPORAL_RIGHTS[role]}, and nothing else${wrong.map((name) => `; not: ${name}`).join('')}`,
        wrong.length === 0,
      );
    });
  }
}

/** Tokens that must not do. */
async function badTokens(keys: TemporalKeys): Promise<[string, string][]> {
  const good = (await keys.temporal('bridge')).apiKey?.() ?? '';
  const [header = '', body = '', signature = ''] = good.split('.');
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as object;
  const admin = Buffer.from(
    JSON.stringify({ ...claims, permissions: ['default:admin', 'temporal-system:admin'] }),
  );
  const now = new Date();
  const { tokens } = await newTokens('default', { days: 1, now });
  return [
    ['a token of another key', tokens.provision],
    ['a token with other permissions', [header, admin.toString('base64url'), signature].join('.')],
    [
      'a token without a signature',
      `${Buffer.from('{"alg":"none"}').toString('base64url')}.${admin.toString('base64url')}.`,
    ],
    ['no token at all', 'none'],
  ];
}

const mayRead = async (settings: TemporalSettings) =>
  (await withClient(settings, (client) => reachTemporal(client, settings))).kind === 'up';

async function attacks(keys: TemporalKeys, server: SecuredServer, allowed: boolean): Promise<void> {
  const expected = allowed ? 'gets through' : 'is refused';
  const settings = await keys.temporal('bridge');
  for (const [name, token] of await badTokens(keys))
    check(`${name} ${expected}`, (await mayRead({ ...settings, apiKey: () => token })) === allowed);
  const without = { ...settings, apiKey: undefined };
  check(`a certificate without a token ${expected}`, (await mayRead(without)) === allowed);
  for (const name of ['INTERNAL_FRONTEND_GRPC_PORT', 'HISTORY_GRPC_PORT', 'MATCHING_GRPC_PORT'] as const) {
    const address = `127.0.0.1:${server.ports[name]}`;
    // The attacker trusts every server: only the server's refusal counts.
    const tls = {
      ...settings.tls,
      serverCaCert: { setting: 'ours', path: keys.at('temporal/node-ca.pem') },
      serverName: NODE_NAME,
    };
    const refusal = await whyRefused({ address, tls });
    check(`a role’s certificate is refused at ${name}`, refusal?.kind === 'certificate-refused');
  }
}

/** The HTTP API of the internal frontend, with a role's certificate and no token. */
async function readsByHttp(keys: TemporalKeys, port: number): Promise<boolean> {
  const [ca, cert, key] = await Promise.all(
    ['ca.pem', 'client.pem', 'client-key.pem'].map((name) => readFile(keys.at(`reader/${name}`))),
  );
  return new Promise((resolve) => {
    const path = '/api/v1/namespaces/default/workflows';
    const asking = request({ host: '127.0.0.1', port, path, ca, cert, key }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asking.on('error', () => resolve(false));
    asking.end();
  });
}

/** A workflow of the bridge’s role, on a worker with the worker’s role. */
async function endToEnd(keys: TemporalKeys): Promise<void> {
  const settings = await keys.temporal('worker');
  const { connection } = await connectWorker(settings, silentLog);
  const worker = await Worker.create({
    connection,
    taskQueue: 'authorizer',
    workflowsPath: require.resolve('./greeting'),
  });
  await worker.runUntil(async () => {
    const greeted = await withClient(await keys.temporal('bridge'), (client) =>
      client.workflow.execute('greeting', { taskQueue: 'authorizer', workflowId: 'greeting' }),
    );
    check('a workflow that the bridge starts ends on a worker', greeted === 'hello');
  });
  await connection.close();
}

async function rotation(keys: TemporalKeys): Promise<void> {
  const former = await keys.temporal('bridge');
  const formerToken = former.apiKey?.() ?? '';
  const withFormer = { ...former, apiKey: () => formerToken };
  await keys.keys('rotate');
  const next = await keys.temporal('bridge');
  await until('the new token', async () => (await mayRead(next)) || undefined, KEYS_READ_WITHIN_MS);
  check('after a rotation the new token works, and the former one too', await mayRead(withFormer));
  await keys.keys('revoke');
  await until(
    'the end of the former token',
    async () => !(await mayRead(withFormer)) || undefined,
    KEYS_READ_WITHIN_MS,
  );
  check('after revocation the new token works, and the former one does not', await mayRead(next));
}

async function onServer(
  binary: string,
  settings: Readonly<Record<string, string>>,
  act: (keys: TemporalKeys, server: SecuredServer) => Promise<void>,
): Promise<void> {
  const [port = 0] = await freePorts(1);
  const keys = await makeTemporalKeys({ port });
  const server = await startSecuredServer({ keys, binary, port, settings });
  try {
    await createNamespace(keys);
    await act(keys, server);
  } finally {
    await server.stop();
    await keys.remove();
  }
}

const command = new Command('authorizer').action(async () => {
  say(
    `Temporal ${SERVER_VERSION} with certificates, authorizer and tokens. A minute, after the server is built.`,
  );
  quietRuntime();
  const { server: binary } = await buildServer((line) => say(`  ${line}`));
  say('\nWith the authorizer');
  await onServer(binary, {}, async (keys, server) => {
    await matrix(keys);
    await endToEnd(keys);
    await attacks(keys, server, false);
    check('the internal frontend has no HTTP API', !(await readsByHttp(keys, DEFAULT_INTERNAL_HTTP_PORT)));
    await rotation(keys);
  });
  say('\nThe same without it: the attacks are real');
  await onServer(binary, { TEMPORAL_AUTH_CLAIM_MAPPER: '' }, async (keys, server) => {
    await attacks(keys, server, true);
  });
  say('\nWith the authorizer, and the HTTP API that our settings leave out');
  const [httpPort = 0] = await freePorts(1);
  await onServer(binary, { INTERNAL_FRONTEND_HTTP_PORT: String(httpPort) }, async (keys) => {
    check('it takes a role’s certificate without a token', await readsByHttp(keys, httpPort));
  });
  say(problems.length === 0 ? '\nAll held.' : `\n${problems.length} did not hold.`);
  if (problems.length > 0) process.exitCode = 1;
});

void runCommand(command);
