// Four real bridge processes, repeats in plenty, one killed and one stopped: each event is applied once, in its order.
// `npm run test:full -- ordering` does the same with 5,000 events, or 20,000.
import { randomInt } from 'node:crypto';
import { proveOrder } from '../../../support/journal/order-proof';
import { startJournalWorker } from '../../../support/journal/worker';
import { createTestNamespace } from '../../../support/namespace';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';

const JOURNALS = 60;
const EVENTS_OF_EACH = 10;
/** Some 1,200 signals, of which a busy machine takes a hundred a second. */
const WITHIN_MS = 60_000;

jest.setTimeout(2 * WITHIN_MS);

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

test('600 events of 60 keys through four bridges, of which one is killed and one stopped', async () => {
  const proof = await proveOrder({
    nats,
    temporal,
    journals: JOURNALS,
    eventsOfEach: EVENTS_OF_EACH,
    seed: randomInt(2 ** 31),
    withinMs: WITHIN_MS,
  });
  process.stdout.write(`${JSON.stringify(proof)}\n`);
  expect(proof).toMatchObject({ inversions: 0, lost: 0, doubled: 0, deadLetters: 0 });
  // Else the faults have hit nothing.
  expect(proof.redeliveries).toBeGreaterThan(0);
  expect(proof.repeatsDropped).toBeGreaterThanOrEqual(proof.published - proof.events);
});
