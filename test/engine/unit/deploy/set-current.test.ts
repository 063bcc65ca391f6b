// A deploy while the server has much to do; the client is written by hand, no server.
import type { Client } from '@temporalio/client';
import { setCurrentVersion, VersionNotPolledError } from '../../../../src/adapters/temporal';

const [DEADLINE_EXCEEDED, NOT_FOUND, PERMISSION_DENIED] = [4, 5, 7];
const version = { deployment: 'sagaline-orders', buildId: '2' };

/** Answers each call with the next of these gRPC codes, then with success. */
function server(...codes: number[]) {
  let calls = 0;
  const client = {
    options: { namespace: 'default', identity: 'test' },
    withDeadline: (_: number, call: () => Promise<unknown>) => call(),
    workflowService: {
      describeWorkerDeployment: () => Promise.resolve({ workerDeploymentInfo: {} }),
      setWorkerDeploymentCurrentVersion: () => {
        const code = codes[calls++];
        return code === undefined
          ? Promise.resolve({})
          : Promise.reject(Object.assign(new Error(`code ${code}`), { code }));
      },
    },
  };
  return { client: client as unknown as Client, calls: () => calls };
}

test('a server that does not answer in time is asked again, for as long as it is waited', async () => {
  const busy = server(DEADLINE_EXCEEDED);
  await setCurrentVersion(busy.client, version, { withinMs: 5_000 });
  expect(busy.calls()).toBe(2);
  await expect(setCurrentVersion(server(DEADLINE_EXCEEDED).client, version)).rejects.toThrow('code 4');
});

test('a version that nobody polls for yet is waited for; a refusal is not', async () => {
  const early = server(NOT_FOUND);
  await setCurrentVersion(early.client, version, { withinMs: 5_000 });
  expect(early.calls()).toBe(2);
  await expect(setCurrentVersion(server(NOT_FOUND).client, version)).rejects.toThrow(VersionNotPolledError);
  const refused = server(PERMISSION_DENIED);
  await expect(setCurrentVersion(refused.client, version, { withinMs: 5_000 })).rejects.toThrow('code 7');
  expect(refused.calls()).toBe(1);
});
