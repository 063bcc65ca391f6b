/** Names that events, workflows, activities and tests share. Plain constants: workflows import this file. */

export const EVENTS = {
  bookingRequested: 'com.example.hotel.bookings.requested.v1',
} as const;

export const TASK_QUEUES = {
  rooms: 'rooms',
} as const;

/** How a booking ends. */
export type BookingEnd = 'booked' | 'undone';

export const REFUSALS = {
  noRoom: 'no-room',
  unknownGuest: 'unknown-guest',
} as const;
