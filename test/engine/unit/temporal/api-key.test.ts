// A server that takes one API key at a time: each kind of connection goes on with the next key, without a restart.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Metadata } from '@grpc/grpc-js';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { NativeConnection } from '@temporalio/worker';
import {
  apiKeyOf,
  createPlainClient,
  createSingleAttemptClient,
  createTemporalClient,
  followApiKey,
  workerCredentials,
} from '../../../../src/adapters/temporal';
import { statusCode, UNAUTHENTICATED } from '../../../../src/adapters/temporal/connection/status';
import { InvalidConfigError, readConfig } from '../../../../src/config';
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

describe('a key in a file', () => {
  test('is read again every few seconds, and stays while the file is away or empty', () => {
    let time = 0;
    const key = apiKeyOf({ file }, () => time);
    expect(key?.()).toBe('one');
    writeFileSync(file, 'two');
    expect(key?.()).toBe('one');
    time = 5_000;
    expect(key?.()).toBe('two');
    rmSync(file);
    time = 10_000;
    expect(key?.()).toBe('two');
    writeFileSync(file, '');
    time = 15_000;
    expect(key?.()).toBe('two');
    writeFileSync(file, 'three');
    time = 20_000;
    expect(key?.()).toBe('three');
  });

  test('must be there at the start', () => {
    const problemOf = (given: string): unknown => {
      try {
        return apiKeyOf({ file: given });
      } catch (error) {
        return error instanceof InvalidConfigError ? error.problems : error;
      }
    };
    const nowhere = path.join(folder, 'nowhere');
    expect(problemOf(nowhere)).toEqual([
      `TEMPORAL_API_KEY_FILE: ${nowhere} cannot be read (ENOENT); put the API key there, or set another file`,
    ]);
    expect(problemOf(folder)).toEqual([expect.stringMatching(/^TEMPORAL_API_KEY_FILE: .*\(EISDIR\)/)]);
    writeFileSync(file, ' \n');
    expect(problemOf(file)).toEqual([`TEMPORAL_API_KEY_FILE: ${file} is empty; put the API key there`]);
  });

  test('or in the environment, not both', () => {
    expect(apiKeyOf({ key: 'given' })?.()).toBe('given');
    expect(apiKeyOf({})).toBeUndefined();
    const both = { TEMPORAL_API_KEY: 'given', TEMPORAL_API_KEY_FILE: file };
    expect(() => readConfig(both, { providers: [] })).toThrow('only one of them');
  });
});

describe.each([
  ['the bridge’s client', createPlainClient],
  ['the client of the command line and the workers', createTemporalClient],
  ['the client of the gateway', createSingleAttemptClient],
])('%s', (_, create) => {
  test('sends the new key with its next call', async () => {
    const client = create({ address, namespace: 'default', apiKey: apiKeyOf({ file }, hasty()), tls: false });
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
  const apiKey = apiKeyOf({ file }, hasty());
  const settings = { address, namespace: 'default', apiKey, tls: false };
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
