import { definePool } from 'sagaline';
import { createOncallActivities } from '../activities/oncall';
import { createPostgresOncall } from '../activities/oncall.postgres';
import { devices } from '../domain';
import { TASK_QUEUES } from '../domain/names';

/** Messages to people, and tickets. */
export const oncall = definePool({
  domain: devices,
  taskQueue: TASK_QUEUES.oncall,
  publishes: ['oncall'],
  activities: ({ database }) => createOncallActivities(createPostgresOncall(database)),
});
