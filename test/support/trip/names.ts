export const TRIP_QUEUE = 'trips';

export const REQUESTED = 'test.sagaline.trips.requested.v1';
export const DEPARTED = 'test.sagaline.trips.departed.v1';

export const NO_SEAT = 'no-seat';
export const CARD_DECLINED = 'card-declined';
