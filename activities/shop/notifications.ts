import { z } from 'zod';
import { sealedOr, storableText } from 'sagaline';
import { activity } from 'sagaline/activities';
import { orderId, stepKey } from './shapes';

/** The longest value: as long as the detail of an event may be. */
const MAX_VALUE = 500;

const notifyCustomer = z.object({
  key: stepKey,
  orderId,
  /** Checked when the order was submitted; only the mailer can find out whether it is reachable. */
  email: sealedOr(z.string().min(1).max(254)),
  template: z.enum([
    'order-completed',
    'order-rejected',
    'order-compensated',
    'order-cancelled',
    'order-refunded',
  ]),
  /** The values for the template. Longer ones are cut: a message must not fail because of its last words. */
  values: z.record(
    z.string().max(64),
    z.string().transform((value) => storableText(value, MAX_VALUE)),
  ),
});

export type NotifyCustomer = z.infer<typeof notifyCustomer>;

/** Messages to customers, each sent once. */
export interface Notifications {
  /** @throws RefusalError of type `recipient-refused` when nothing can ever be sent to the address */
  notifyCustomer(input: NotifyCustomer): Promise<void>;
}

export function createNotificationActivities(notifications: Notifications) {
  return {
    notifyCustomer: activity(notifyCustomer, (input) => notifications.notifyCustomer(input)),
  };
}

export type NotificationActivities = ReturnType<typeof createNotificationActivities>;
