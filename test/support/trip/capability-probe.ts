import { continueAsNew } from '@temporalio/workflow';
import { openSaga, openDecisions, openSteps } from '../../../src/saga';
import { capability } from '../../../src/workflow';
import type { TripActivities } from './agency';
import { booking } from './capability';
import { TRIP_QUEUE } from './names';

const MINUTE = 60_000;
const deadlines = { stepWithinMs: MINUTE, compensationWithinMs: 2 * MINUTE, forwardWithinMs: 3 * MINUTE };
/** The step that sends the tickets, as if it were on the database of the workflow's own pool. */
const own = capability<Pick<TripActivities, 'sendTickets'>>()(
  'own',
  { sendTickets: { summary: () => 'Send the tickets' } },
  { taskQueue: TRIP_QUEUE },
);

/**
 * A step without deadlines; two calls of one step, the first run twice; a compensation while the saga goes forward; a step
 * on the own database.
 */
export async function probeSteps({ key }: { key: string }): Promise<void> {
  const scope = openSaga(openDecisions());
  const before = openSteps({ key: `${key}-before`, common: {}, taskQueue: TRIP_QUEUE });
  await before(booking).bookHotel({}).run();
  const use = openSteps({ key, common: {}, deadlines, taskQueue: TRIP_QUEUE });
  const { bookHotel, bookFlight, chargeCard } = use(booking);
  const first = bookHotel({});
  await first.run();
  await scope.step(first);
  await scope.step(bookHotel({}));
  const flight = bookFlight({});
  await scope.step(flight);
  await scope.pivot(chargeCard({}));
  await scope.retriable(flight.compensation);
  await scope.retriable(use(own).sendTickets({}));
}

/** On a queue without workers: unless it is placed, its steps wait for ever. */
const away = capability<Pick<TripActivities, 'bookHotel' | 'bookFlight' | 'chargeCard' | 'sendTickets'>>()(
  'away',
  {
    bookHotel: { summary: () => 'Book the hotel', calls: 'provider' },
    bookFlight: { summary: () => 'Book the flight', calls: 'provider', local: true },
    chargeCard: { summary: () => 'Take the money', calls: 'provider', local: true },
    sendTickets: { summary: () => 'Send the tickets' },
  },
);

/** Steps at a provider, two of them declared as local, and one on the database, in the second run of the saga. */
export async function probePlacement({ key, isSecond }: { key: string; isSecond?: boolean }): Promise<void> {
  if (isSecond !== true) return continueAsNew<typeof probePlacement>({ key, isSecond: true });
  const use = openSteps({ key, common: {}, deadlines, taskQueue: TRIP_QUEUE });
  const { bookHotel, bookFlight, chargeCard, sendTickets } = use(away);
  await bookHotel({}).run();
  await bookFlight({}).run();
  await chargeCard({}).run();
  await sendTickets({}).run();
}
