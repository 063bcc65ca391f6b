import assert from 'node:assert/strict';
import { bundleOfTests, sagaFaultMatrix, told } from 'sagaline/testing';
import { STEP_STUCK } from 'sagaline/workflow';
import { bookingRequested } from '../domains/hotel/events';
import { REFUSALS } from '../domains/hotel/names';
import { routes } from '../domains/hotel/routes';
import { booking } from '../domains/hotel/workflows';
import { createHotel } from './support/hotel';

// Every step and event, with every fault that each can meet.
test('a booking survives what can happen to it', () =>
  sagaFaultMatrix(
    booking,
    {
      bundle: bundleOfTests('rooms'),
      routes,
      world: createHotel,
      activities: (hotel) => hotel.activities,
      events: (bookingId) => [told(bookingRequested, { bookingId, guest: 'ada', nights: 2 })],
      ends: ['booked', 'undone'],
      // What cannot be confirmed, nor refused, is for a person to decide.
      waits: [STEP_STUCK],
      undoes: { releaseRoom: 'reserveRoom' },
      effects: ({ script }) => script.effects,
      refusals: { reserveRoom: REFUSALS.noRoom, confirmBooking: REFUSALS.unknownGuest },
    },
    {
      'no room stays reserved': ({ world, key }) => assert.notEqual(world.bookings.get(key), 'reserved'),
      'what is booked has its room': ({ world, key, state }) =>
        assert.equal(world.bookings.get(key) === 'booked', state === 'booked'),
    },
  ));
