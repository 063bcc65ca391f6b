import { z } from 'zod';
import type { ProcessDefinition } from '../../../src/contracts';
import { defineEvent, defineRoutes, external, route } from '../../../src/contracts';
import { DEPARTED, REQUESTED, TRIP_QUEUE } from './names';

/** A domain other than the shop, on one page: a trip with a hotel and a flight. */

const schema = z.strictObject({ tripId: z.string().min(1).max(64) });
const key = ({ tripId }: { tripId: string }) => tripId;
const example = { tripId: 't-1' };

export const requested = defineEvent({
  type: REQUESTED,
  entity: 'trip',
  summary: 'Somebody wants to travel.',
  origin: external('the tests'),
  schema,
  key,
  example,
});

export const departed = defineEvent({
  type: DEPARTED,
  entity: 'trip',
  summary: 'The traveller has left.',
  origin: external('the tests'),
  schema,
  key,
  example,
});

const tripNamed = <const Name extends string>(name: Name) =>
  ({
    name,
    taskQueue: TRIP_QUEUE,
    initialState: 'booking',
    summary: (tripId) => `Trip ${tripId}`,
  }) satisfies ProcessDefinition;

export const trip = tripNamed('trip');
/** Its compensations are registered after their steps, and its events are applied as often as they come. */
export const brokenTrip = tripNamed('brokenTrip');

export const routesOf = (process: ProcessDefinition) =>
  defineRoutes({
    [`${process.name}-requested`]: route({ event: requested, workflow: process, opens: true }),
    [`${process.name}-departed`]: route({ event: departed, workflow: process }),
  });
