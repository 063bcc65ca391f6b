import { definePool } from 'sagaline';
import { createDeadLetterActivities } from 'sagaline/activities';
import { createRoomActivities } from '../activities/rooms';
import { createPostgresRooms } from '../activities/rooms.postgres';
import { hotel } from '../domains/hotel';
import { TASK_QUEUES } from '../domains/hotel/names';

/** The workflows, and the steps on the rooms' own tables. */
export const rooms = definePool({
  domain: hotel,
  taskQueue: TASK_QUEUES.rooms,
  workflows: 'workflows/rooms',
  activities: ({ database }) => ({
    ...createRoomActivities(createPostgresRooms(database)),
    ...createDeadLetterActivities(database),
  }),
});
