import { z } from 'zod';
import { activity } from 'sagaline/activities';
import { alertId, deviceId, stepKey, temperature } from './shapes';

const openAlert = z.object({ key: stepKey, deviceId, alertId, temperature, at: z.iso.datetime() });
const acknowledgeAlert = z.object({ key: stepKey, deviceId, alertId, by: z.string().min(1).max(100) });
const closeAlert = z.object({
  key: stepKey,
  deviceId,
  alertId,
  outcome: z.enum(['resolved', 'given-up']),
  reason: z.string().max(64),
  detail: z.string(),
});

export type OpenAlert = z.infer<typeof openAlert>;
export type AcknowledgeAlert = z.infer<typeof acknowledgeAlert>;
export type CloseAlert = z.infer<typeof closeAlert>;

/** The record of alerts. */
export interface Alerts {
  openAlert(input: OpenAlert): Promise<void>;
  acknowledgeAlert(input: AcknowledgeAlert): Promise<void>;
  closeAlert(input: CloseAlert): Promise<void>;
}

export function createAlertActivities(alerts: Alerts) {
  return {
    openAlert: activity(openAlert, (input) => alerts.openAlert(input)),
    acknowledgeAlert: activity(acknowledgeAlert, (input) => alerts.acknowledgeAlert(input)),
    closeAlert: activity(closeAlert, (input) => alerts.closeAlert(input)),
  };
}

export type AlertActivities = ReturnType<typeof createAlertActivities>;
