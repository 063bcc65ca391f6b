// Who gets through to Temporal: TLS with client certificates in front of a server, and the same server in plain text.
import { X509Certificate } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import type { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import type { TemporalSettings } from '../../../../src/adapters/temporal';
import {
  awaitTemporal,
  createPlainClient,
  createSingleAttemptClient,
  createTemporalClient,
  createWorkflows,
  reachTemporal,
  TemporalRefusedError,
} from '../../../../src/adapters/temporal';
import type { Certified } from '../../../../src/keys/certificates';
import { clientCertificate, newAuthority, serverCertificate } from '../../../../src/keys/certificates';
import { InvalidConfigError } from '../../../../src/contracts';
import { freePorts } from '../../../../src/dev/stack';
import { connectWorker, followCredentials } from '../../../../src/runtime/roles/worker-connection';
import { quietRuntime } from '../../../../src/testing';
import { testCli } from '../../../support/cli';
import { rememberingLog, silentLog } from '../../../support/log';
import { createTestNamespace } from '../../../support/namespace';
import { ping } from '../../../support/ping/domain';
import { newKey } from '../../../support/ping/events';
import { PING_QUEUE, PINGED_V2, PONGED } from '../../../support/ping/names';
import type { Roles } from '../../../support/roles';
import { DEVICE_ALERTS, rolesWith } from '../../../support/roles';
import type { TemporalKeys } from '../../../support/secured-temporal';
import { makeTemporalKeys } from '../../../support/secured-temporal';
import { prepared } from '../../../support/setup/handover';
import type { TlsFront } from '../../../support/tls-front';
import { startTlsFront } from '../../../support/tls-front';
import { until } from '../../../support/until';

jest.setTimeout(60_000);

/** Three times as long as it takes until files are read again. */
const ROTATED_WITHIN_MS = 15_000;
const now = new Date();
const A_YEAR_AGO = new Date(now.getTime() - 365 * 24 * 60 * 60_000);

let plain: { client: Client; address: string; namespace: string };
let keys: TemporalKeys;
let front: TlsFront;
let roles: Roles;
let expired: TlsFront;
let another: Certified;
/** Ends what a test has started, also if it fails: a worker that is left polls for ever. */
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
beforeAll(async () => {
  quietRuntime();
  const [port = 0] = await freePorts(1);
  plain = await createTestNamespace();
  keys = await makeTemporalKeys({ port, namespace: plain.namespace });
  front = await startTlsFront(plain.address, { ...(await keys.serverFiles()), port });
  another = await newAuthority({ days: 30, now });
  const old = await serverCertificate(await ours(), { hosts: ['127.0.0.1'], days: 30, now: A_YEAR_AGO });
  expired = await startTlsFront(plain.address, { cert: old.certificate, key: old.key });
  roles = rolesWith({ DATABASE_URL: prepared('servers').databaseUrl }, { project: DEVICE_ALERTS });
  await writeFile(keys.at('other-ca.pem'), another.certificate);
  await forged('stranger', another, now);
  await forged('twin', await ours(), now);
});
afterAll(async () => {
  await roles.stop();
  await front.stop();
  await expired.stop();
  await plain.client.connection.close();
  await keys.remove();
});

async function ours(): Promise<Certified> {
  return {
    certificate: await readFile(keys.at('ca.pem'), 'utf8'),
    key: await readFile(keys.at('ca-key.pem'), 'utf8'),
  };
}

/** Writes a client certificate that looks like the bridge's. */
async function forged(name: string, authority: Certified, from: Date): Promise<void> {
  const made = await clientCertificate(authority, { commonName: 'sagaline-bridge', days: 30, now: from });
  await writeFile(keys.at(`${name}.pem`), made.certificate);
  await writeFile(keys.at(`${name}-key.pem`), made.key);
}

const with_ = (name: string) => ({
  TEMPORAL_TLS_CLIENT_CERT_PATH: keys.at(`${name}.pem`),
  TEMPORAL_TLS_CLIENT_KEY_PATH: keys.at(`${name}-key.pem`),
});

const clients: readonly (readonly [string, (settings: TemporalSettings) => Client])[] = [
  ['the bridge’s client', createPlainClient],
  ['the client of the command line and the workers', createTemporalClient],
  ['the client of gateway and relay', createSingleAttemptClient],
];

async function reach(settings: TemporalSettings, create = createPlainClient) {
  const client = create(settings);
  try {
    return await until('an answer', async () => {
      const reached = await reachTemporal(client, settings);
      // A busy machine may take longer than a probe.
      return reached.kind === 'away' ? undefined : reached;
    });
  } finally {
    await client.connection.close();
  }
}

describe('the right certificate gets through:', () => {
  test.each(clients)('%s', async (_, create) => {
    expect(await reach(await keys.temporal('bridge'), create)).toEqual({ kind: 'up' });
  });

  test('a workflow, opened by the bridge’s client, runs to its end on a worker', async () => {
    await startWorker();
    expect(await runPing()).toMatchObject({ state: 'ponged after 1' });
  });

  test('the command line', async () => {
    const cli = testCli({ ...(await keys.settings('operator')) });
    const { code, error } = await cli('sagas', 'stuck');
    expect([code, error]).toEqual([0, '']);
  });
});

/** The worker's own way to connect, with files that are read again every 50 ms. */
async function startWorker(settingsOf = 'worker') {
  const settings = await keys.temporal(settingsOf);
  const log = rememberingLog();
  const opened = await connectWorker(settings, log);
  const worker = await Worker.create({
    connection: opened.connection,
    namespace: settings.namespace,
    taskQueue: PING_QUEUE,
    workflowBundle: { code: await readFile(prepared('bundles').ping, 'utf8') },
  });
  const credentials = followCredentials(worker, { settings, opened, log, everyMs: 50 });
  const running = worker.run();
  closing.push(async () => {
    worker.shutdown();
    await running;
    await credentials.stop();
  });
  return log;
}

const event = (type: string, key: string) => ({
  id: newKey(),
  source: '/test',
  type,
  key,
  data: { pingId: key, urgency: 1 },
});

async function runPing(between = () => Promise.resolve()): Promise<unknown> {
  const client = createPlainClient(await keys.temporal('bridge'));
  const workflows = createWorkflows(client);
  const key = newKey();
  const target = { workflow: ping, workflowId: `ping-${key}`, key };
  await workflows.signalWithStart(target, event(PINGED_V2, key));
  await between();
  await until('the pong is taken', async () => {
    const answer = await workflows.signal(target, event(PONGED, key));
    return (answer.kind === 'answered' && answer.value === 'accepted') || undefined;
  });
  await client.connection.close();
  return plain.client.workflow.getHandle(target.workflowId).result();
}

describe('refused, and told by the name of the setting:', () => {
  const cases: readonly (readonly [
    what: string,
    changes: () => Record<string, string>,
    kind: string,
    setting: string,
  ])[] = [
    [
      'a client without a certificate',
      () => ({ TEMPORAL_TLS_CLIENT_CERT_PATH: '', TEMPORAL_TLS_CLIENT_KEY_PATH: '' }),
      'needs-certificate',
      'TEMPORAL_TLS_CLIENT_CERT_PATH',
    ],
    [
      'a client certificate of another authority',
      () => with_('stranger'),
      'certificate-refused',
      'TEMPORAL_TLS_CLIENT_CERT_PATH',
    ],
    [
      'a server whose authority the client does not know',
      () => ({ TEMPORAL_TLS_SERVER_CA_CERT_PATH: keys.at('other-ca.pem') }),
      'unknown-authority',
      'TEMPORAL_TLS_SERVER_CA_CERT_PATH',
    ],
    [
      'a server of our own authority, for a client that has only those of Node.js',
      () => ({ TEMPORAL_TLS_SERVER_CA_CERT_PATH: '' }),
      'unknown-authority',
      'TEMPORAL_TLS_SERVER_CA_CERT_PATH',
    ],
    [
      'a server with another name than in its certificate',
      () => ({ TEMPORAL_TLS_SERVER_NAME: 'temporal.example.com' }),
      'wrong-name',
      'TEMPORAL_TLS_SERVER_NAME',
    ],
    [
      'a server whose certificate has expired',
      () => ({ TEMPORAL_ADDRESS: expired.address }),
      'server-certificate-expired',
      'has expired',
    ],
    ['a server in plain text', () => ({ TEMPORAL_ADDRESS: plain.address }), 'no-tls', 'TEMPORAL_TLS'],
    [
      'a connection in plain text to a server with TLS',
      () => ({ TEMPORAL_TLS: 'false' }),
      'needs-tls',
      'TEMPORAL_TLS_SERVER_CA_CERT_PATH',
    ],
  ];

  test.each(cases)('%s', async (_what, changes, kind, setting) => {
    const settings = await keys.temporal('bridge', changes());
    const reached = await Promise.all(clients.map(([, create]) => reach(settings, create)));
    expect(reached).toMatchObject(clients.map(() => ({ kind: 'refused', error: { kind } })));
    for (const each of reached) expect(each.kind === 'refused' && each.error.message).toContain(setting);
  });

  test('the same way of writing a certificate, signed by ours and valid, is not', async () => {
    expect(await reach(await keys.temporal('bridge', with_('twin')))).toEqual({ kind: 'up' });
  });

  test('without the demand for a certificate the stranger gets through', async () => {
    const open = await startTlsFront(plain.address, { ...(await keys.serverFiles()), requestCert: false });
    const settings = await keys.temporal('bridge', { TEMPORAL_ADDRESS: open.address, ...with_('stranger') });
    expect(await reach(settings)).toEqual({ kind: 'up' });
    await open.stop();
  });

  test('the command line and a role’s process end with the message', async () => {
    const changes = { TEMPORAL_TLS_SERVER_CA_CERT_PATH: keys.at('other-ca.pem') };
    const settings = await keys.temporal('worker', changes);
    const client = createTemporalClient(settings);
    await expect(awaitTemporal(client, settings, { log: silentLog })).rejects.toBeInstanceOf(
      TemporalRefusedError,
    );
    await client.connection.close();

    const { error } = await testCli({ ...(await keys.settings('operator')), ...changes })(
      'sagas',
      'stuck',
      '-o',
      'json',
    );
    expect(JSON.parse(error)).toMatchObject({ error: { code: 'temporal-refused' } });
    expect(error).toContain('TEMPORAL_TLS_SERVER_CA_CERT_PATH must name');

    const worker = await roles.launch('worker:devices', { ...(await keys.settings('worker')), ...changes });
    expect((await worker.ended).code).not.toBe(0);
    expect(worker.output()).toContain('TEMPORAL_TLS_SERVER_CA_CERT_PATH must name');
  });
});

describe('files that cannot be used end the start at once:', () => {
  const certificate = () => keys.at('bridge/client.pem');
  test.each([
    ['TEMPORAL_TLS_SERVER_CA_CERT_PATH', () => '/nowhere/ca.pem', 'cannot be read (ENOENT)'],
    ['TEMPORAL_TLS_CLIENT_CERT_PATH', () => '/nowhere/client.pem', 'cannot be read (ENOENT)'],
    ['TEMPORAL_TLS_CLIENT_KEY_PATH', certificate, 'has no private key in PEM form'],
    ['TEMPORAL_TLS_CLIENT_KEY_PATH', () => keys.at('twin-key.pem'), 'is not the key of the certificate'],
    ['TEMPORAL_TLS_CLIENT_CERT_PATH', () => keys.at('old.pem'), 'has expired'],
  ])('%s', async (setting, value, message) => {
    await forged('old', await ours(), A_YEAR_AGO);
    const settings = await keys.temporal('bridge', { [setting]: value() });
    for (const [, create] of clients) {
      expect(() => create(settings)).toThrow(InvalidConfigError);
      expect(() => create(settings)).toThrow(`${setting}: `);
      expect(() => create(settings)).toThrow(message);
    }
  });

  test('a role’s process', async () => {
    const changes = { TEMPORAL_TLS_CLIENT_CERT_PATH: '/nowhere/client.pem' };
    const bridge = await roles.launch('worker:devices', { ...(await keys.settings('worker')), ...changes });
    expect((await bridge.ended).code).toBe(2);
    expect(bridge.output()).toContain(
      'TEMPORAL_TLS_CLIENT_CERT_PATH: /nowhere/client.pem cannot be read (ENOENT)',
    );
  });
});

test('a process waits for a server that is not up yet', async () => {
  const [port = 0] = await freePorts(1);
  const settings = await keys.temporal('bridge', { TEMPORAL_ADDRESS: `127.0.0.1:${port}` });
  const client = createTemporalClient(settings);
  const log = rememberingLog();
  const waiting = awaitTemporal(client, settings, { log });
  await until('it waits', () => log.lines.some(({ message }) => message.startsWith('waiting for Temporal')));
  const late = await startTlsFront(plain.address, { ...(await keys.serverFiles()), port });
  await waiting;
  await client.connection.close();
  await late.stop();
});

test('certificates are rotated while a workflow is open: both kinds of connection use the new one', async () => {
  const serialOf = async (role: string) =>
    new X509Certificate(await readFile(keys.at(`${role}/client.pem`))).serialNumber;
  const workerLog = await startWorker();
  const settings = await keys.temporal('bridge');
  const client = createTemporalClient(settings);
  await until('the client is connected', async () => (await reachTemporal(client, settings)).kind === 'up');
  const former = [await serialOf('worker'), await serialOf('bridge')];
  expect(front.peers).toEqual(expect.arrayContaining(former));

  const result = await runPing(async () => {
    await keys.keys('rotate');
    front.use(await keys.serverFiles());
    await until('the worker has its new certificate', () =>
      workerLog.lines.some(({ message }) => message === 'the worker uses its new certificate'),
    );
    expect(front.peers).toContain(await serialOf('worker'));
    // Nothing of the former connection is left.
    front.drop();
  });
  expect(result).toMatchObject({ state: 'ponged after 1' });

  // An open connection goes on with the former certificate; files are read again every five seconds.
  const next = await serialOf('bridge');
  await until(
    'the client has its new certificate',
    async () => {
      front.drop();
      return (await reachTemporal(client, settings)).kind === 'up' && front.peers.includes(next);
    },
    ROTATED_WITHIN_MS,
  );
  await client.connection.close();
});
