import { definePool } from 'sagaline';
import { createDeadLetterActivities } from 'sagaline/activities';
import { createAlertActivities } from '../activities/alerts';
import { createPostgresAlerts } from '../activities/alerts.postgres';
import { createTelemetryActivities } from '../activities/telemetry';
import { createPostgresTelemetry } from '../activities/telemetry.postgres';
import { devices as domain } from '../domain';
import { TASK_QUEUES } from '../domain/names';

/** The workflows, and the steps on the alerts' own tables. */
export const devices = definePool({
  domain,
  taskQueue: TASK_QUEUES.devices,
  workflows: 'workflows',
  publishes: ['alerts'],
  activities: ({ database }) => ({
    ...createAlertActivities(createPostgresAlerts(database)),
    ...createTelemetryActivities(createPostgresTelemetry(database)),
    ...createDeadLetterActivities(database),
  }),
});
