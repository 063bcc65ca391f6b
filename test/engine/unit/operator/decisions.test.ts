// A decision answers the question that its author has seen, and no other one: of this run, about this subject, since this time.
import type { Client } from '@temporalio/client';
import type { OperatorContext } from '../../../../src/operator';
import { approve, decide, planBulk } from '../../../../src/operator';

const STATE = { name: 'SagaState', value: 'compensation-stuck' };
const SEEN = { runId: 'run-1', what: 'lift', since: '2026-01-01T12:00:00.000Z' };
type Seen = typeof SEEN;

/** Another question than the one that was seen, differing in one part each. */
const OTHERS: readonly (readonly [part: keyof Seen, other: Partial<Seen>])[] = [
  ['runId', { runId: 'run-2' }],
  ['what', { what: 'unscrew' }],
  ['since', { since: '2026-01-01T12:00:01.000Z' }],
];

/** One saga that asks; what it asks can change. Everything that is decided or recorded is kept. */
function operatorAt({ request = {} } = {}) {
  let asks: Seen = SEEN;
  const [decided, recorded]: [unknown[], string[]] = [[], []];
  const run = () => ({
    ...{ workflowId: 'order-1', runId: asks.runId, type: 'order', status: { name: 'RUNNING' } },
    ...{
      typedSearchAttributes: {
        get: ({ name }: { name: string }) => (name === STATE.name ? STATE.value : '1'),
      },
    },
    ...{ memo: {}, raw: {}, startTime: new Date(SEEN.since) },
  });
  const temporal = {
    withDeadline: (_: number, call: () => Promise<unknown>) => call(),
    workflow: {
      list: () => [run()],
      getHandle: () => ({
        describe: () => Promise.resolve(run()),
        query: () => {
          const { what, since } = asks;
          const question = { state: STATE.value, message: 'it is nailed down', decisions: ['retry', 'skip'] };
          return Promise.resolve({ ...question, what, since });
        },
        executeUpdate: (_: string, { args }: { args: unknown[] }) => {
          decided.push(...args);
          return Promise.resolve();
        },
      }),
    },
  } as unknown as Client;
  const requested = {
    ...{ sequence: '7', refersTo: null, kind: 'request', action: 'sagas.decide', target: 'order-1' },
    ...{ actor: 'bob', verified: true, recordedAt: new Date().toISOString() },
    details: JSON.stringify({ decision: 'skip', reason: 'kind', again: false, ...SEEN, ...request }),
  };
  const on = { by: 'ada', audit: 8 };
  const context = {
    processes: [],
    temporal: () => Promise.resolve(temporal),
    database: () => ({ query: () => Promise.resolve([requested]) }),
    deadLetters: () =>
      Promise.resolve({
        operations: { next: () => Promise.resolve(undefined) },
        append: () => Promise.resolve(true),
        clock: () => new Date(SEEN.since),
      }),
    auditing: {
      operator: () => Promise.resolve({ name: 'ada', verified: true }),
      approving: () => context.auditing,
      append: ({ kind }: { kind: string }) => {
        recorded.push(kind);
        return Promise.resolve(on);
      },
      change: (_: unknown, effect: (recorded: typeof on) => Promise<unknown>) => {
        recorded.push('change');
        return effect(on);
      },
    },
  } as unknown as OperatorContext;
  return { context, decided, recorded, nowAsks: (other: Partial<Seen>) => (asks = { ...SEEN, ...other }) };
}

const wanted = { decision: 'skip', reason: 'of no use', seen: SEEN } as const;
const REFUSED = {
  code: 'not-stuck',
  message: expect.stringContaining('asks something else by now') as string,
};

test('the question that was seen is answered', async () => {
  const { context, decided } = operatorAt();
  await decide(context, 'order-1', wanted);
  expect(decided).toEqual([expect.objectContaining({ kind: 'skip', about: SEEN.what, since: SEEN.since })]);
});

test.each(OTHERS)('with another %s it is another question, and is not decided', async (_part, other) => {
  const { context, decided, recorded, nowAsks } = operatorAt();
  nowAsks(other);
  await expect(decide(context, 'order-1', wanted)).rejects.toMatchObject(REFUSED);
  expect([decided, recorded]).toEqual([[], []]);
});

test.each(OTHERS)(
  'a bulk does not answer a question that has another %s than at its dry run',
  async (_part, other) => {
    const { context, decided, nowAsks } = operatorAt();
    const about = {
      kind: 'decide',
      workflow: 'order',
      what: SEEN.what,
      cause: 'it is nailed down',
      decision: 'skip',
    } as const;
    const { items } = await planBulk(context, about);
    expect(items.map(({ target }) => target)).toEqual(['order-1']);
    nowAsks(other);
    await expect(items[0]?.act(context, { reason: 'of no use' })).rejects.toMatchObject(REFUSED);
    expect(decided).toEqual([]);
    nowAsks({});
    expect(await items[0]?.act(context, { reason: 'of no use' })).toBe('done');
  },
);

test('a request is approved by another person while its question is asked', async () => {
  const { context, decided, recorded } = operatorAt();
  await approve(context, 7);
  expect(decided).toEqual([expect.objectContaining({ by: 'bob', approvedBy: 'ada', since: SEEN.since })]);
  expect(recorded).toEqual(['change', 'approval']);
});

test.each(OTHERS)('a request of a question with another %s is not approved', async (_part, other) => {
  const { context, decided, recorded } = operatorAt({ request: other });
  await expect(approve(context, 7)).rejects.toMatchObject(REFUSED);
  expect([decided, recorded]).toEqual([[], []]);
});
