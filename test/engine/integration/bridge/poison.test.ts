// An event that ends the bridge, next to fifteen that do not: it becomes a dead letter, they are applied.
import { newKey } from '../../../support/ping/events';
import { provePoison } from '../../../support/journal/poison-proof';
import { startJournalWorker } from '../../../support/journal/worker';
import { createTestNamespace } from '../../../support/namespace';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';

/** The next delivery is the twentieth, from which on an event is a suspect. */
const DELIVERED_BEFORE = 19;

jest.setTimeout(5 * 60_000);

let nats: TestNats;
let temporal: Awaited<ReturnType<typeof createTestNamespace>>;
let worker: Awaited<ReturnType<typeof startJournalWorker>>;

beforeAll(async () => {
  [nats, temporal] = await Promise.all([startTestNats(), createTestNamespace()]);
  worker = await startJournalWorker(temporal);
});
afterAll(async () => {
  await worker.stop();
  await temporal.client.connection.close();
  await nats.stop();
});

test('poison among fifteen innocent events, all of them suspects: it alone is set apart', async () => {
  const run = newKey();
  const proof = await provePoison({ nats, temporal, run, deliveredBefore: DELIVERED_BEFORE });
  expect(proof.deadLetters).toMatchObject([
    { reason: 'poison', subject: `dlq.poison.journals.poison-${run}` },
  ]);
  expect(proof.deadLetters[0]?.detail).toContain('ended 2 times with nothing else in hand');
  expect(proof.ends).toBe(2);
  expect(proof.innocent).toEqual({ applied: 15, inversions: 0, lost: 0, doubled: 0 });
  expect(proof.partitions).toBe(16);
});
