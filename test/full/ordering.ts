/**
 * The order of each key at full length: 20,000 events of 500 keys, each published one to three times, through four bridge
 * processes of which one is killed and one stopped. `npm run test:full -- ordering [seed]`, 3 to 9 minutes on two cores.
 */
import { randomInt } from 'node:crypto';
import { proveOrder } from '../support/journal/order-proof';
import { onJournalStage, say } from '../support/journal/stage';
import { numberGiven } from './number';

const JOURNALS = 500;
const EVENTS_OF_EACH = 40;
const WITHIN_MS = 20 * 60_000;

const seed = numberGiven('seed', randomInt(2 ** 31));
say(`Budget: 20,000 events in some 40,000 messages, 10 minutes at 100 signals a second. Seed ${seed}.`);

void onJournalStage(async ({ nats, temporal }) => {
  const figures = await proveOrder({
    nats: { url: nats.url, connection: nats.connection },
    temporal,
    journals: JOURNALS,
    eventsOfEach: EVENTS_OF_EACH,
    seed,
    withinMs: WITHIN_MS,
  });
  const { inversions, lost, doubled, deadLetters, redeliveries } = figures;
  return { held: inversions + lost + doubled + deadLetters === 0 && redeliveries > 0, figures };
});
