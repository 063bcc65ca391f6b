// What `/readyz` says of checks that fail.
import type { Checks } from '../../../../src/gateway';
import { healthServer } from '../../../../src/gateway/health';
import { REASONS } from '../../../../src/runtime/reasons';

async function reasonsOf(failing: readonly string[], all: readonly string[] = failing) {
  const checks: Checks = Object.fromEntries(all.map((name) => [name, () => !failing.includes(name)]));
  const app = healthServer({ checks: () => checks, reasons: REASONS, metrics: () => Promise.resolve('') });
  const answer = await app.inject('/readyz');
  await app.close();
  return { status: answer.statusCode, reasons: answer.json<{ reasons?: Record<string, string> }>().reasons };
}

test('nothing, while all are up', async () => {
  expect(await reasonsOf([], ['nats', 'streams'])).toEqual({ status: 200, reasons: undefined });
});

test.each([
  ['nats', /NATS_URL/],
  ['streams', /a stream is missing.* npx sagaline provision/],
  ['partitions', /not all partitions are consumed: the log/],
  ['temporal', /TEMPORAL_ADDRESS/],
  ['search-attributes', /npx sagaline provision/],
  ['postgres', /DATABASE_URL/],
  ['postgres-writable', /a standby/],
  ['postgres-session', /DATABASE_DIRECT_URL/],
  ['events-have-room', /STREAM_MAX_BYTES/],
  ['dead-letters-have-room', /DEAD_LETTERS_MAX_BYTES/],
  ['worker', /does not poll/],
  ['current-version', /deploy set-current/],
  ['started', /its log/],
  ['not-stopping', /told to stop/],
])('what %s means, and what to do', async (name, words) => {
  const { status, reasons } = await reasonsOf([name], ['nats', 'temporal', 'postgres', name]);
  expect([status, reasons]).toEqual([503, { [name]: expect.stringMatching(words) as string }]);
});

test.each([
  ['nats', ['streams']],
  ['temporal', ['search-attributes', 'current-version']],
  ['postgres', ['postgres-writable', 'postgres-session']],
])('while %s does not answer, nothing else is said of what it holds', async (server, held) => {
  const { reasons } = await reasonsOf([server, ...held]);
  expect(Object.keys(reasons ?? {})).toEqual([server]);
});
