// What the bridge relies on in its connection: each call is made once, with its headers, and ends in time.
import type { Metadata } from '@grpc/grpc-js';
import { credentials, Server, ServerCredentials } from '@grpc/grpc-js';
import { plainConnection } from '../../../../src/adapters/temporal/connection/plain-connection';
import {
  DEADLINE_EXCEEDED,
  RESOURCE_EXHAUSTED,
  statusCode,
} from '../../../../src/adapters/temporal/connection/status';

const CALL_MS = 300;
/** For a call that is answered: a busy machine may take its time to connect. */
const ANSWERED_MS = 10_000;
const NAMESPACE = { namespace: 'default' };

/** Tells of each call, and answers as it is told to. */
async function serverThat(answer: 'refuses' | 'never answers') {
  const calls: Metadata[] = [];
  const server = new Server();
  const bytes = (message: Buffer) => message;
  server.addService(
    {
      describe: {
        path: '/temporal.api.workflowservice.v1.WorkflowService/DescribeNamespace',
        requestStream: false,
        responseStream: false,
        requestSerialize: bytes,
        requestDeserialize: bytes,
        responseSerialize: bytes,
        responseDeserialize: bytes,
      },
    },
    {
      describe: ({ metadata }: { metadata: Metadata }, answered: (error: object) => void) => {
        calls.push(metadata);
        if (answer === 'refuses') answered({ code: RESOURCE_EXHAUSTED, details: 'too many' });
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  const connection = plainConnection({
    address: `127.0.0.1:${port}`,
    credentials: credentials.createInsecure(),
    headers: { 'a-header': 'everywhere' },
    callMs: answer === 'refuses' ? ANSWERED_MS : CALL_MS,
    channelArgs: {},
  });
  const stop = async () => {
    await connection.close();
    server.forceShutdown();
  };
  return { connection, calls, stop };
}

const failureOf = (call: Promise<unknown>) => call.then(() => undefined, statusCode);

test('a call that is refused is made once, and says why', async () => {
  const { connection, calls, stop } = await serverThat('refuses');
  expect(await failureOf(connection.workflowService.describeNamespace(NAMESPACE))).toBe(RESOURCE_EXHAUSTED);
  expect(calls.map((metadata) => metadata.get('a-header'))).toEqual([['everywhere']]);
  await stop();
});

test('a call without an answer ends in time', async () => {
  const { connection, calls, stop } = await serverThat('never answers');
  const since = performance.now();
  expect(await failureOf(connection.workflowService.describeNamespace(NAMESPACE))).toBe(DEADLINE_EXCEEDED);
  expect(performance.now() - since).toBeLessThan(CALL_MS * 10);
  expect(calls).toHaveLength(1);
  await stop();
});

test('several calls that do not end in their time are no answer in time either: nothing is taken for refused', async () => {
  const { connection, stop } = await serverThat('never answers');
  const never = new Promise<never>(() => undefined);
  expect(await failureOf(connection.withDeadline(Date.now() + 20, () => never))).toBe(DEADLINE_EXCEEDED);
  expect(await connection.withDeadline(Date.now() + 1_000, () => Promise.resolve('in time'))).toBe('in time');
  await stop();
});
