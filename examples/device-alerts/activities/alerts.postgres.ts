import type { Database } from 'sagaline/activities';
import { storableText } from 'sagaline';
import { alertClosed } from '../domain/events';
import { doOnce, writeOutbox } from 'sagaline/activities';
import type { Alerts } from './alerts';

const MAX_DETAIL = 500;

export function createPostgresAlerts(database: Database): Alerts {
  return {
    openAlert: ({ key, deviceId, alertId, temperature, at }) =>
      doOnce(database, key, async (tx) => {
        await tx.query(
          `insert into devices.alerts (device_id, alert_id, state, temperature, raised_at)
           values ($1, $2, 'raised', $3, $4)`,
          [deviceId, alertId, temperature, at],
        );
      }),

    acknowledgeAlert: ({ key, deviceId, alertId, by }) =>
      doOnce(database, key, async (tx) => {
        await tx.query(
          `update devices.alerts set state = 'acknowledged', acknowledged_by = $3, updated_at = now()
            where device_id = $1 and alert_id = $2 and state = 'raised'`,
          [deviceId, alertId, by],
        );
      }),

    closeAlert: ({ key, deviceId, alertId, outcome, reason, detail }) =>
      doOnce(database, key, async (tx) => {
        const closed = await tx.query(
          `update devices.alerts set state = $3, reason = $4, updated_at = now()
            where device_id = $1 and alert_id = $2 and state in ('raised', 'acknowledged') returning alert_id`,
          [deviceId, alertId, outcome, reason],
        );
        if (closed.length === 0) return;
        const data = { deviceId, alertId, outcome, reason, detail: storableText(detail, MAX_DETAIL) };
        await writeOutbox(tx, { key, context: 'alerts', contract: alertClosed, data });
      }),
  };
}
