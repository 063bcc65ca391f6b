import type { Database } from 'sagaline/activities';
import { doOnce } from 'sagaline/activities';
import type { Notifications } from './notifications';

/**
 * A queue of messages in PostgreSQL, for the mailer that the shop uses. The recipient stays encrypted until the mailer opens it.
 */
export function createPostgresNotifications(database: Database): Notifications {
  return {
    notifyCustomer: ({ key, orderId, email, template, values }) =>
      doOnce(database, key, async (tx) => {
        await tx.query(
          'insert into notifications.messages (key, order_id, recipient, template, "values") values ($1, $2, $3, $4, $5)',
          [key, orderId, email, template, JSON.stringify(values)],
        );
      }),
  };
}
