import { definePool } from 'sagaline';
import { createNotificationActivities } from '../activities/shop/notifications';
import { createPostgresNotifications } from '../activities/shop/notifications.postgres';
import { shop } from '../domains/shop';
import { TASK_QUEUES } from '../domains/shop/names';

/** Messages to customers. */
export const notifications = definePool({
  domain: shop,
  taskQueue: TASK_QUEUES.notifications,
  activities: ({ database }) => createNotificationActivities(createPostgresNotifications(database)),
});
