import type { Database, Transaction } from 'sagaline/activities';
import { RefusalError } from 'sagaline';
import { oncallNotified } from '../domain/events';
import { REFUSALS } from '../domain/names';
import { doOnce, compensateOnce, writeOutbox } from 'sagaline/activities';
import type { Oncall } from './oncall';

export function createPostgresOncall(database: Database): Oncall {
  return {
    openTicket: ({ key, deviceId, alertId }) =>
      doOnce(database, key, async (tx) => {
        if (deviceId.startsWith('unknown-'))
          throw new RefusalError(REFUSALS.unknownDevice, `there is no device ${deviceId}`);
        const [ticket] = await tx.query<{ id: string }>(
          `insert into devices.tickets (key, device_id, alert_id, state) values ($1, $2, $3, 'open') returning id`,
          [key, deviceId, alertId],
        );
        return `T-${ticket?.id ?? ''}`;
      }),

    closeTicket: ({ undoes: { key } }) =>
      compensateOnce(database, key, async (tx) => {
        await tx.query(`update devices.tickets set state = 'closed', updated_at = now() where key = $1`, [
          key,
        ]);
      }),

    solveTicket: ({ key, deviceId, alertId }) =>
      doOnce(database, key, async (tx) => {
        await tx.query(
          `update devices.tickets set state = 'solved', updated_at = now()
            where device_id = $1 and alert_id = $2 and state = 'open'`,
          [deviceId, alertId],
        );
      }),

    notifyOncall: ({ key, deviceId, alertId, level, temperature }) =>
      doOnce(database, key, async (tx) => {
        await lockAlert(tx, deviceId, alertId);
        await tx.query(
          `insert into devices.notifications (key, device_id, alert_id, level, temperature)
           values ($1, $2, $3, $4, $5)`,
          [key, deviceId, alertId, level, temperature],
        );
        const data = { deviceId, alertId, level };
        await writeOutbox(tx, { key, context: 'oncall', contract: oncallNotified, data });
      }),
  };
}

/** Changes nothing; the lock keeps the events of the device in order. */
async function lockAlert(tx: Transaction, deviceId: string, alertId: string): Promise<void> {
  await tx.query('select from devices.alerts where device_id = $1 and alert_id = $2 for update', [
    deviceId,
    alertId,
  ]);
}
