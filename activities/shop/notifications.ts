import { z } from 'zod';
import { activity } from '../../src/effects';
import { orderId, stepKey } from './shapes';

const notifyCustomer = z.object({
  key: stepKey,
  orderId,
  email: z.email().max(254),
  template: z.enum(['order-completed', 'order-rejected', 'order-compensated']),
  /** What the template fills in. */
  values: z.record(z.string().max(64), z.string().max(500)),
});

export type NotifyCustomer = z.infer<typeof notifyCustomer>;

/** Messages to customers, each once. */
export interface Notifications {
  notifyCustomer(input: NotifyCustomer): Promise<void>;
}

export function createNotificationActivities(notifications: Notifications) {
  return {
    notifyCustomer: activity(notifyCustomer, (input) => notifications.notifyCustomer(input)),
  };
}

export type NotificationActivities = ReturnType<typeof createNotificationActivities>;
