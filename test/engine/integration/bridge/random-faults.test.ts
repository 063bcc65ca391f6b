// A random scenario against the real servers; many more, against models of them, are in test/engine/unit/bridge/property.test.ts.
import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import type { Delivery } from '../../../../src/delivery';
import { createTemporalClient, createWorkflows } from '../../../../src/adapters/temporal';
import { seededRandom } from '../../../../src/dev/random';
import { startTestBridge } from '../../../support/bridge';
import { closeBooks, faultsIn } from '../../../support/journal/books';
import { journalDomain } from '../../../support/journal/domain';
import { notedEvent } from '../../../support/journal/events';
import { scheduleOf } from '../../../support/journal/schedule';
import { progressOf, publishInOrder, untilSettled } from '../../../support/journal/stream';
import { startJournalWorker } from '../../../support/journal/worker';
import { createTestNamespace } from '../../../support/namespace';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';

const RUNS = 1;
const JOURNALS = 8;
const EVENTS_OF_EACH = 5;
/** An unheard acknowledgement costs its partition the 4 s of `ack_wait`. */
const SETTLED_WITHIN_MS = 90_000;

jest.setTimeout(RUNS * 2 * SETTLED_WITHIN_MS);

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

/** What becomes of a delivery once Temporal has the event. */
type Reaction = 'well' | 'unheard' | 'given back';

const scenario = fc.record({
  seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  // By turn, over and over: each list has a delivery that goes well.
  reactions: fc
    .array(
      fc.oneof(
        { weight: 6, arbitrary: fc.constant<Reaction>('well') },
        { weight: 1, arbitrary: fc.constant<Reaction>('unheard') },
        { weight: 1, arbitrary: fc.constant<Reaction>('given back') },
      ),
      { minLength: 10, maxLength: 40 },
    )
    .map((reactions): Reaction[] => [...reactions, 'unheard', 'given back', 'well']),
});

test('events whose deliveries go wrong are applied as if all had gone well', async () => {
  let runs = 0;
  const property = fc.asyncProperty(scenario, async ({ seed, reactions }) => {
    const journals = Array.from({ length: JOURNALS }, (_, index) => `random-${runs}-${seed}-${index}`);
    runs++;
    const schedule = scheduleOf({ journals, eventsOfEach: EVENTS_OF_EACH }, seededRandom(seed));
    let turns = 0;
    let faults = 0;
    const delivered = (delivery: Delivery): Delivery => {
      const reaction = delivery.deliveryCount > 2 ? 'well' : reactions[turns++ % reactions.length];
      if (reaction === 'well') return delivery;
      faults++;
      return {
        ...delivery,
        settle: () => {
          if (reaction === 'given back') delivery.release();
        },
      };
    };
    const before = (await progressOf(nats.connection)).stored;
    const client = createTemporalClient(temporal);
    const bridges = await Promise.all(
      [1, 2].map(() =>
        startTestBridge({
          url: nats.url,
          name: 'bridge',
          domain: journalDomain(() => {
            throw new Error('no event is fatal here');
          }),
          workflows: createWorkflows(client),
          delivered,
        }),
      ),
    );
    try {
      await publishInOrder(
        nats.connection,
        schedule.map(({ journalId, id, copy }) => ({
          event: notedEvent(journalId, id),
          messageId: `${id}/${copy}`,
        })),
      );
      await untilSettled(nats.connection, before + schedule.length, SETTLED_WITHIN_MS);
      const books = await closeBooks(nats.connection, client, journals);
      const published = new Map(
        journals.map((journalId) => [
          journalId,
          Array.from({ length: EVENTS_OF_EACH }, (_, number) => `${journalId}.${number}`),
        ]),
      );
      expect(faultsIn(books, published)).toEqual({ inversions: 0, lost: 0, doubled: 0 });
      expect((await progressOf(nats.connection)).deadLetters).toBe(0);
      expect(faults).toBeGreaterThan(0);
      process.stdout.write(`${schedule.length} messages, ${faults} faults, seed ${seed}\n`);
    } finally {
      await Promise.all(bridges.map((bridge) => bridge.stop()));
      await client.connection.close();
    }
  });
  await fc.assert(property, { numRuns: RUNS, seed: randomInt(2 ** 31), endOnFailure: true });
});
