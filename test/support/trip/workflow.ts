import { CancellationScope } from '@temporalio/workflow';
import type { EventOf } from '../../../src/contracts/event';
import type { SagaResult } from '../../../src/contracts/saga';
import type { SagaScope } from '../../../src/saga';
import { failureOf, openDecisions, openInbox, openSaga, showState, stepsOf } from '../../../src/saga';
import type { TripActivities } from './agency';
import type { departed, requested } from './domain';
import { DEPARTED, REQUESTED, TRIP_QUEUE } from './names';

type TripEvent = EventOf<typeof requested> | EventOf<typeof departed>;

const retry = { initialInterval: '200 milliseconds', maximumInterval: '10 seconds' } as const;
const options = { startToCloseTimeout: '10 seconds', retry, taskQueue: TRIP_QUEUE } as const;
const forward = stepsOf<TripActivities>(options);
const withinAMinute = stepsOf<TripActivities>({ ...options, scheduleToCloseTimeout: '1 minute' });
const withinSeconds = stepsOf<TripActivities>({ ...options, scheduleToCloseTimeout: '5 seconds' });

const A_DAY_MS = 24 * 60 * 60_000;

/** Books a hotel and a flight side by side, takes the money, sends the tickets, and waits for the departure. */
function tripOf({
  undo = 'reverse',
  book = (scope: SagaScope, key: string) => scope.parallel(hotel(key), flight(key)).then(() => undefined),
  money = forward,
}: {
  undo?: 'reverse' | 'parallel';
  book?: (scope: SagaScope, key: string) => Promise<void>;
  money?: typeof forward;
}) {
  return async function run({ key }: { key: string }): Promise<SagaResult> {
    const inbox = openInbox<TripEvent>({
      key,
      shapes: { [REQUESTED]: { tripId: 'key' }, [DEPARTED]: { tripId: 'key' } },
    });
    const scope = openSaga(openDecisions(), { undo });
    const end = (state: string) => {
      showState(state, state);
      return { state, seen: inbox.seen() };
    };

    await inbox.take([REQUESTED], { ms: A_DAY_MS, waiting: 'Waiting for the wish' });
    try {
      await book(scope, key);
      await scope.pivot({
        name: 'chargeCard',
        run: () => money.chargeCard('Take the money', { key: `${key}:chargeCard` }),
      });
    } catch (error) {
      failureOf(error);
      await scope.compensate('undoing');
      return end('undone');
    }
    // Behind the pivot there is no way back: a cancellation changes nothing.
    return CancellationScope.nonCancellable(async () => {
      await scope.retriable({
        name: 'sendTickets',
        run: () => forward.sendTickets('Send the tickets', { key: `${key}:sendTickets` }),
      });
      const left = await inbox.take([DEPARTED], { ms: A_DAY_MS, waiting: 'Deadline for the departure' });
      return end(left ? 'travelled' : 'unused');
    });
  };
}

function hotel(key: string) {
  const step = { key: `${key}:bookHotel` };
  return {
    ...step,
    run: () => withinAMinute.bookHotel('Book the hotel', step),
    undoneBy: 'cancelHotel',
    undo: () => forward.cancelHotel('Cancel the hotel', { undoes: step.key }),
  };
}

function flight(key: string) {
  const step = { key: `${key}:bookFlight` };
  return {
    ...step,
    run: () => withinAMinute.bookFlight('Book the flight', step),
    undoneBy: 'cancelFlight',
    undo: () => forward.cancelFlight('Cancel the flight', { undoes: step.key }),
  };
}

export const trip = tripOf({});
export const tripUndoneAtOnce = tripOf({ undo: 'parallel' });
/** Its pivot is given up. */
export const hastyTrip = tripOf({ money: withinSeconds });

/** As somebody writes it who has not heard of it: the undo is registered when the step has answered. */
export const brokenTrip = tripOf({
  book: async (scope, key) => {
    for (const { run, ...undo } of [hotel(key), flight(key)]) {
      await run();
      await scope.step({ ...undo, run: () => Promise.resolve() });
    }
  },
});
