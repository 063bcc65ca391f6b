// Records before and after what an operator does, without a server.
import type { Database } from '../../../../src/adapters/postgres';
import { CliError } from '../../../../src/cli/exit';
import { createAuditing } from '../../../../src/operator';
import { identify } from '../../../../src/cli/identity';
import { RefusedError } from '../../../../src/dead-letters';

/** A database that takes so many records. */
function auditOf(takes: number, verified = true) {
  const rows: unknown[][] = [];
  const warnings: string[] = [];
  const database = {
    query: (_: string, values: unknown[]) => {
      if (rows.length === takes) return Promise.reject(new Error('the database is away'));
      rows.push(values);
      return Promise.resolve([{ sequence: String(rows.length), refersTo: null }]);
    },
  } as unknown as Database;
  const auditing = createAuditing({
    database: () => database,
    identify: () => Promise.resolve({ name: 'ada', verified }),
    warn: (text) => warnings.push(text),
  });
  const kinds = () => rows.map(([, , kind, , , details]) => [kind, JSON.parse(String(details)) as object]);
  return { auditing, warnings, kinds };
}
const about = { action: 'outbox.discard', target: 'outbox 17' };

test('a change is on record before it is made, and its outcome after', async () => {
  const { auditing, kinds } = auditOf(9);
  const recorded = await auditing.change(
    about,
    (given) => {
      expect(kinds()).toEqual([['change', {}]]);
      return Promise.resolve(given);
    },
    () => ({ rows: 1 }),
  );
  expect(recorded).toEqual({ by: 'ada', audit: 1 });
  expect(kinds()).toEqual([
    ['change', {}],
    ['outcome', { outcome: 'done', rows: 1 }],
  ]);
});

test.each([
  [new RefusedError('not-open', 'of Ada Canary'), { outcome: 'refused', code: 'not-open' }],
  [new CliError('no-answer', 'nobody answers', 6), { outcome: 'unknown', code: 'no-answer' }],
  [new Error('of Ada Canary'), { outcome: 'failed' }],
])('a change that fails with %s has an outcome without its words', async (error, outcome) => {
  const { auditing, kinds } = auditOf(9);
  await expect(auditing.change(about, () => Promise.reject(error))).rejects.toBe(error);
  expect(kinds()[1]).toEqual(['outcome', outcome]);
});

test('what cannot be recorded is not made', async () => {
  const { auditing } = auditOf(0);
  const effect = jest.fn(() => Promise.resolve());
  await expect(auditing.change(about, effect)).rejects.toMatchObject({ code: 'audit-unavailable' });
  expect(effect).not.toHaveBeenCalled();
});

test('an outcome that cannot be recorded leaves a change without one, and the operator is told', async () => {
  const { auditing, warnings, kinds } = auditOf(1);
  expect(await auditing.change(about, () => Promise.resolve('made'))).toBe('made');
  expect(kinds()).toEqual([['change', {}]]);
  expect(warnings).toEqual([expect.stringContaining('record 1 of the audit has no outcome')]);
});

test('reading without a record is refused for a principal, and told on a machine without tokens', async () => {
  await expect(auditOf(0).auditing.read(about)).rejects.toMatchObject({ code: 'audit-unavailable' });
  const { auditing, warnings } = auditOf(0, false);
  await auditing.read(about);
  expect(warnings).toEqual([expect.stringContaining('not on record')]);
});

describe('identity', () => {
  const settings = {
    NODE_ENV: 'development',
    gatewayAccess: { mode: 'none' },
    SAGALINE_TOKEN: undefined,
  } as const;
  const asked = { scopes: ['operate'], user: 'tester' } as const;

  test('is the user of the machine where nothing verifies tokens', async () => {
    expect(await identify(settings, asked)).toEqual({ name: 'tester', verified: false });
  });

  test.each([
    ['in production', { ...settings, NODE_ENV: 'production' as const }],
    ['with a token', { ...settings, SAGALINE_TOKEN: 'sgl_of-no-use' }],
  ])('%s something must verify it', async (_, given) => {
    await expect(identify(given, asked)).rejects.toMatchObject({ code: 'configuration', exitCode: 2 });
  });
});
