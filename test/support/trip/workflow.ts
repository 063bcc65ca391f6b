export { probePlacement, probeSteps } from './capability-probe';
import { CancellationScope } from '@temporalio/workflow';
import type { EventOf } from '../../../src/contracts/model/event';
import type { SagaResult } from '../../../src/contracts/names/saga';
import type { Deadlines, SagaScope } from '../../../src/saga';
import { failureOf, openDecisions, openInbox, openSaga, openSteps, showState } from '../../../src/saga';
import { booking } from './capability';
import type { departed, requested } from './domain';
import { DEPARTED, REQUESTED, TRIP_QUEUE } from './names';

type TripEvent = EventOf<typeof requested> | EventOf<typeof departed>;

const DEADLINES = { stepWithinMs: 60_000, compensationWithinMs: 60 * 60_000, forwardWithinMs: 60 * 60_000 };

const A_DAY_MS = 24 * 60 * 60_000;

type Steps = ReturnType<typeof stepsOfTrip>;

const stepsOfTrip = (key: string, deadlines: Deadlines) =>
  openSteps({ key, common: {}, deadlines, taskQueue: TRIP_QUEUE })(booking);

/** Books a hotel and a flight in parallel, takes the money, sends the tickets, and waits for the departure. */
function tripOf({
  compensate = 'reverse',
  book = async (scope, { bookHotel, bookFlight }) => {
    await scope.parallel(bookHotel({}), bookFlight({}));
  },
  deadlines = DEADLINES,
}: {
  compensate?: 'reverse' | 'parallel';
  book?: (scope: SagaScope, steps: Steps) => Promise<void>;
  deadlines?: Deadlines;
}) {
  return async function run({ key }: { key: string }): Promise<SagaResult> {
    const inbox = openInbox<TripEvent>({
      key,
      shapes: { [REQUESTED]: { tripId: 'key' }, [DEPARTED]: { tripId: 'key' } },
    });
    const scope = openSaga(openDecisions(), { compensate });
    const steps = stepsOfTrip(key, deadlines);
    const end = (state: string) => {
      showState(state, state);
      return { state, seen: inbox.seen() };
    };

    await inbox.take([REQUESTED], { ms: A_DAY_MS, waiting: 'Waiting for the request' });
    try {
      await book(scope, steps);
      await scope.pivot(steps.chargeCard({}));
    } catch (error) {
      failureOf(error);
      await scope.compensate('compensating');
      return end('compensated');
    }
    // After the pivot there is no way back: a cancellation has no effect.
    return CancellationScope.nonCancellable(async () => {
      await scope.retriable(steps.sendTickets({}));
      const left = await inbox.take([DEPARTED], { ms: A_DAY_MS, waiting: 'Deadline for the departure' });
      return end(left ? 'travelled' : 'unused');
    });
  };
}

export const trip = tripOf({});
export const tripCompensatedAtOnce = tripOf({ compensate: 'parallel' });
/** Its pivot is given up. */
export const hastyTrip = tripOf({ deadlines: { ...DEADLINES, forwardWithinMs: 5_000 } });

/** A common mistake: the compensation is registered only when the step has answered. */
export const brokenTrip = tripOf({
  book: async (scope, { bookHotel, bookFlight }) => {
    for (const call of [bookHotel({}), bookFlight({})]) {
      await call.run();
      await scope.step({ ...call, run: () => Promise.resolve() });
    }
  },
});
