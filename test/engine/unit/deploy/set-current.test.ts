// A deploy while the server has much to do; the client is written by hand, no server.
import type { Client } from '@temporalio/client';
import {
  fillEmptyPlace,
  ManagedDeploymentError,
  setCurrentVersion,
  VersionNotPolledError,
} from '../../../../src/adapters/temporal';

const [DEADLINE_EXCEEDED, NOT_FOUND, PERMISSION_DENIED, FAILED_PRECONDITION] = [4, 5, 7, 9];
const version = { deployment: 'sagaline-orders', buildId: '2' };

/** Answers each call with the next of these gRPC codes, then with success. */
function server(...codes: number[]) {
  return managed(() => '', ...codes);
}

/** The same, where the manager's identity is asked for at each description. */
function managed(manager: () => string, ...codes: number[]) {
  let calls = 0;
  const client = {
    options: { namespace: 'default', identity: 'test' },
    withDeadline: (_: number, call: () => Promise<unknown>) => call(),
    workflowService: {
      describeWorkerDeployment: () =>
        Promise.resolve({ workerDeploymentInfo: { managerIdentity: manager() } }),
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

test('a version that another client manages is left to it, and the error has its name', async () => {
  const controller = managed(() => 'worker-controller/7');
  const refused = setCurrentVersion(controller.client, version, { withinMs: 5_000 });
  await expect(refused).rejects.toThrow(ManagedDeploymentError);
  await expect(refused).rejects.toMatchObject({
    deployment: 'sagaline-orders',
    manager: 'worker-controller/7',
  });
  expect(await fillEmptyPlace(controller.client, version, new AbortController().signal)).toBe(false);
  expect(controller.calls()).toBe(0);
  // This client itself.
  await setCurrentVersion(managed(() => 'test').client, version);
});

test('a manager that comes meanwhile is told from a version that nobody polls for', async () => {
  const looks = ['', 'worker-controller/7'];
  const controller = managed(() => looks.shift() ?? 'worker-controller/7', FAILED_PRECONDITION);
  await expect(setCurrentVersion(controller.client, version)).rejects.toThrow(ManagedDeploymentError);
});
