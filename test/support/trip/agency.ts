import { z } from 'zod';
import { activity } from '../../../src/effects';
import { createFakeEffects, createScript } from 'sagaline/testing';
import { TRIP_QUEUE } from './names';

type TripStep = 'bookHotel' | 'cancelHotel' | 'bookFlight' | 'cancelFlight' | 'chargeCard' | 'sendTickets';

const step = z.object({ key: z.string() });
const compensate = z.object({ undoes: step });

/** The fixture of the trips: what is booked, and whether it is paid. */
export function createAgency() {
  const script = createScript<TripStep>();
  const effects = createFakeEffects(script);
  const booked = new Set<string>();
  let isPaid = false;

  const books = (name: TripStep, what: string) =>
    activity(step, (input) => effects.doOnce(name, input.key, input, () => void booked.add(what)));
  const cancels = (name: TripStep, what: string) =>
    activity(compensate, (input) =>
      effects.compensateOnce(name, input.undoes.key, input, () => void booked.delete(what)),
    );

  return {
    script,
    booked,
    isPaid: () => isPaid,
    activities: {
      bookHotel: books('bookHotel', 'hotel'),
      cancelHotel: cancels('cancelHotel', 'hotel'),
      bookFlight: books('bookFlight', 'flight'),
      cancelFlight: cancels('cancelFlight', 'flight'),
      chargeCard: activity(step, (input) =>
        effects.doOnce('chargeCard', input.key, input, () => void (isPaid = true)),
      ),
      sendTickets: activity(step, (input) =>
        effects.doOnce('sendTickets', input.key, input, () => undefined),
      ),
    },
  };
}

export type Agency = ReturnType<typeof createAgency>;
export type TripActivities = Agency['activities'];

export const tripActivities = ({ activities }: Agency) => ({ [TRIP_QUEUE]: activities });
