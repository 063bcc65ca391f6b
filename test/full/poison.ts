/**
 * Poison at full length: one event of sixteen ends the bridge at each delivery, from the first to the last. The bridge is
 * started again each time; its fifteen neighbours are in hand when it ends. `npm run test:full -- poison`, 2 to 4 minutes.
 */
import { provePoison } from '../support/journal/poison-proof';
import { onJournalStage, say } from '../support/journal/stage';

/** Twenty deliveries, and two ends alone. */
const DELIVERIES = 22;

say('Budget: 22 deliveries, each after 4 s of ack_wait and the start of a process: some 2 to 4 minutes.');

void onJournalStage(async ({ nats, temporal }) => {
  const figures = await provePoison({
    nats: { url: nats.url, connection: nats.connection },
    temporal,
    run: 'full',
    deliveredBefore: 0,
  });
  const { deadLetters, innocent } = figures;
  const [deadLetter] = deadLetters;
  const held =
    deadLetters.length === 1 &&
    deadLetter?.reason === 'poison' &&
    deadLetter.subject.endsWith('.poison-full') &&
    deadLetter.attempts >= DELIVERIES &&
    innocent.applied === 15 &&
    innocent.lost + innocent.doubled === 0;
  return { held, figures };
});
