// A server that takes one API key at a time: each kind of connection goes on with the next key, without a restart.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Metadata } from '@grpc/grpc-js';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { NativeConnection } from '@temporalio/worker';
import {
  createPlainClient,
  createSingleAttemptClient,
  createTemporalClient,
  followApiKey,
  workerCredentials,
} from '../../../../src/adapters/temporal';
import { statusCode, UNAUTHENTICATED } from '../../../../src/adapters/temporal/connection/status';
import { readSecrets } from '../../../../src/config/secrets';
import { until } from '../../../support/until';

const SERVICE = '/temporal.api.workflowservice.v1.WorkflowService';
const NAMESPACE = { namespace: 'default' };

let folder: string;
let file: string;
let server: Server;
let address: string;
let demanded = 'one';

/** Answers each call with an empty message, where it has the key. */
async function startServer(): Promise<void> {
  const bytes = (message: Buffer) => message;
  const method = (name: string) => ({
    path: `${SERVICE}/${name}`,
    requestStream: false,
    responseStream: false,
    requestSerialize: bytes,
    requestDeserialize: bytes,
    responseSerialize: bytes,
    responseDeserialize: bytes,
  });
  const answer = (
    { metadata }: { metadata: Metadata },
    answered: (error: object | null, message?: Buffer) => void,
  ) => {
    if (metadata.get('authorization')[0] === `Bearer ${demanded}`) answered(null, Buffer.alloc(0));
    else answered({ code: UNAUTHENTICATED, details: 'another key' });
  };
  server = new Server();
  server.addService(
    { describeNamespace: method('DescribeNamespace'), getSystemInfo: method('GetSystemInfo') },
    { describeNamespace: answer, getSystemInfo: answer },
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  address = `127.0.0.1:${port}`;
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'sagaline-key-'));
  file = path.join(folder, 'api-key');
  await startServer();
});
afterAll(() => {
  server.forceShutdown();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  demanded = 'one';
  writeFileSync(file, 'one\n');
});

/** A clock with which the file is read again at each call. */
function hasty() {
  let time = 0;
  return () => (time += 10_000);
}

/** The key of a file that is looked at for each call. */
function keyIn(named: string): (() => string) | undefined {
  const given = { TEMPORAL_API_KEY_FILE: named };
  return readSecrets(given, { names: ['TEMPORAL_API_KEY'], problems: [], now: hasty() }).reader(
    'TEMPORAL_API_KEY',
  );
}

describe.each([
  ['the bridge’s client', createPlainClient],
  ['the client of the command line and the workers', createTemporalClient],
  ['the client of the gateway', createSingleAttemptClient],
])('%s', (_, create) => {
  test('sends the new key with its next call', async () => {
    const client = create({ address, namespace: 'default', apiKey: keyIn(file) });
    const ask = () => client.workflowService.describeNamespace(NAMESPACE);
    await ask();
    demanded = 'two';
    expect(await ask().then(() => undefined, statusCode)).toBe(UNAUTHENTICATED);
    writeFileSync(file, 'two');
    await ask();
    await client.connection.close();
  });
});

test('a worker’s connection is told the new key', async () => {
  const apiKey = keyIn(file);
  const settings = { address, namespace: 'default', apiKey };
  const connection = await NativeConnection.connect({ address, ...workerCredentials(settings) });
  const end = followApiKey(connection, apiKey, 10);
  demanded = 'two';
  writeFileSync(file, 'two');
  await until('the new key is used', () =>
    connection.workflowService.describeNamespace(NAMESPACE).then(
      () => true,
      () => false,
    ),
  );
  end();
  await connection.close();
});
