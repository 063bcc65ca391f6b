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

/** Fixed when the alert is opened, whatever the settings say later. */
export interface AlertTerms {
  readonly acknowledgeWithinMs: number;
  readonly levels: number;
  readonly resolveWithinMs: number;
  readonly stepWithinMs: number;
  readonly undoWithinMs: number;
}

/** The book of alerts. */
export interface Alerts {
  openAlert(input: OpenAlert): Promise<void>;
  acknowledgeAlert(input: AcknowledgeAlert): Promise<void>;
  closeAlert(input: CloseAlert): Promise<void>;
}

export function createAlertActivities(alerts: Alerts, terms: AlertTerms) {
  return {
    /** The terms of an alert that was entered by hand. */
    alertTerms: activity(z.object({}), () => Promise.resolve(terms)),
    openAlert: activity(openAlert, async (input): Promise<AlertTerms> => {
      await alerts.openAlert(input);
      return terms;
    }),
    acknowledgeAlert: activity(acknowledgeAlert, (input) => alerts.acknowledgeAlert(input)),
    closeAlert: activity(closeAlert, (input) => alerts.closeAlert(input)),
  };
}

export type AlertActivities = ReturnType<typeof createAlertActivities>;
