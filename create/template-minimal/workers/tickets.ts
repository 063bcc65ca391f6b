import { definePool } from 'sagaline';
import { createDeadLetterActivities } from 'sagaline/activities';
import { createReserveSeatActivities } from '../activities/reserve-seat';
import { createPostgresReserveSeat } from '../activities/reserve-seat.postgres';
import { tickets } from '../domains/tickets';
import { TASK_QUEUES } from '../domains/tickets/names';

export const ticketsPool = definePool({
  domain: tickets,
  taskQueue: TASK_QUEUES.tickets,
  workflows: 'workflows/tickets',
  activities: ({ database }) => ({
    ...createDeadLetterActivities(database),
    ...createReserveSeatActivities(createPostgresReserveSeat(database)),
  }),
});
