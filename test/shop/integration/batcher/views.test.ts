// A hot key from the stream to PostgreSQL. `npm run test:full -- batcher` does the same with 12,000 events.
import type { TestDatabase } from '../../../support/database';
import { createTestDatabase } from '../../../support/database';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { quietRuntime } from '../../../../src/testing';
import { prepared } from '../../../support/setup/handover';
import { countViews } from '../../support/views';

/** Two runs and a half. Repeats that a batcher has forgotten need thousands: they are in the full form. */
const EVENTS = 250;
const WITHIN_MS = 240_000;

jest.setTimeout(WITHIN_MS + 60_000);

let nats: TestNats;
let shop: TestDatabase;

beforeAll(async () => {
  quietRuntime();
  [nats, shop] = await Promise.all([startTestNats(), createTestDatabase()]);
});
afterAll(() => Promise.all([nats.stop(), shop.end()]));

test('hundreds of views of one article are counted, each once, over several runs', async () => {
  const counts = await countViews({
    nats,
    temporalAddress: prepared('servers').temporalAddress,
    bundle: prepared('bundles').shortRuns,
    database: shop.database,
    events: EVENTS,
    withinMs: WITHIN_MS,
  });
  process.stdout.write(`Views of one article: ${JSON.stringify(counts)}\n`);
  const messages = EVENTS + EVENTS / 10;
  expect(counts).toMatchObject({
    views: EVENTS,
    signals: messages,
    outcomes: { accepted: messages },
  });
  expect(counts.runs).toBeGreaterThan(1);
  expect(counts.flushes).toBeLessThan(EVENTS / 10);
});
