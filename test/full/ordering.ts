/**
 * The order of each key at full length: 20,000 events of 500 keys, each published one to three times, through four bridge
 * processes of which one is killed and one stopped. `npm run test:full -- ordering [events of each key] [seed]`, 3 to 9
 * minutes on two cores; one to two with 10 events of each key.
 */
import { randomInt } from 'node:crypto';
import { proveOrder } from '../support/journal/order-proof';
import { onJournalStage, say } from '../support/journal/stage';
import { numberGiven } from './number';

const JOURNALS = 500;
const EVENTS_OF_EACH = numberGiven('events of each key', 40);
/** Signals that the development server takes on a busy machine. */
const A_SECOND = 100;
const WITHIN_MS = 20 * 60_000;

const seed = numberGiven('seed', randomInt(2 ** 31), 1);
const events = JOURNALS * EVENTS_OF_EACH;
// Each event is published twice on average.
say(
  `Budget: ${events} events in some ${2 * events} messages, ${Math.ceil((2 * events) / A_SECOND)} s at ${A_SECOND} signals a second. Seed ${seed}.`,
);

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
