import { capability } from '../../../src/workflow';
import type { TripActivities } from './agency';
import { CARD_DECLINED, NO_SEAT, TRIP_QUEUE } from './names';

/** The agency's steps for a trip. */
export const booking = capability<TripActivities>()(
  'booking',
  {
    bookHotel: { summary: () => 'Book the hotel', undoneBy: 'cancelHotel', calls: 'provider' },
    cancelHotel: { summary: () => 'Cancel the hotel', calls: 'provider' },
    bookFlight: {
      summary: () => 'Book the flight',
      undoneBy: 'cancelFlight',
      calls: 'provider',
      refuses: [NO_SEAT],
    },
    cancelFlight: { summary: () => 'Cancel the flight', calls: 'provider' },
    chargeCard: {
      summary: () => 'Take the money',
      after: 'pivot',
      calls: 'provider',
      refuses: [CARD_DECLINED],
    },
    sendTickets: { summary: () => 'Send the tickets', after: 'pivot', calls: 'provider' },
  },
  { taskQueue: TRIP_QUEUE },
);
