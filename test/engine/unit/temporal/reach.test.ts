// Whether Temporal answers: one slow second of a busy machine is not its end.
import type { Client } from '@temporalio/client';
import { reachTemporal } from '../../../../src/adapters/temporal';

/** Nothing listens there. */
const SETTINGS = { address: '127.0.0.1:1', namespace: 'shop' };
const failure = (code: number) => Object.assign(new Error(`code ${code}`), { code });
const [DEADLINE_EXCEEDED, NOT_FOUND, PERMISSION_DENIED] = [4, 5, 7];

/** A server that refuses its first calls with these codes, and answers then. */
function server(codes: readonly number[]) {
  const waits: number[] = [];
  const client = {
    options: SETTINGS,
    withDeadline: (deadline: number, call: () => Promise<unknown>) => {
      waits.push(deadline - Date.now());
      return call();
    },
    workflowService: {
      describeNamespace: () => {
        const code = codes[waits.length - 1];
        return code === undefined ? Promise.resolve({}) : Promise.reject(failure(code));
      },
    },
  } as unknown as Client;
  return { waits, reach: () => reachTemporal(client, SETTINGS) };
}

test('after a slow second it is asked once more, with more time', async () => {
  const { waits, reach } = server([DEADLINE_EXCEEDED]);
  expect(await reach()).toEqual({ kind: 'up' });
  const [first = 0, second = 0] = waits;
  expect(waits).toHaveLength(2);
  expect(second).toBeGreaterThan(first);
});

test('silent twice, it is away', async () => {
  const { waits, reach } = server([DEADLINE_EXCEEDED, DEADLINE_EXCEEDED]);
  expect(await reach()).toEqual({ kind: 'away' });
  expect(waits).toHaveLength(2);
});

test.each([
  [NOT_FOUND, 'no-namespace'],
  [PERMISSION_DENIED, 'denied'],
])('a refusal is an answer, and is not asked for again: code %i', async (code, kind) => {
  const { waits, reach } = server([code]);
  expect(await reach()).toMatchObject({ kind: 'refused', error: { kind } });
  expect(waits).toHaveLength(1);
});
