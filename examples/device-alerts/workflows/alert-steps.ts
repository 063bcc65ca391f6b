import type { CompensatableStep, ForwardSteps } from 'sagaline/workflow';
import { STEP_ATTEMPTS, stepsOf, stepsOnOwnDatabase } from 'sagaline/workflow';
import type { AlertActivities, AlertTerms } from '../activities/alerts';
import type { OncallActivities } from '../activities/oncall';
import { TASK_QUEUES } from '../domain/names';

const oncallQueue = { ...STEP_ATTEMPTS, taskQueue: TASK_QUEUES.oncall } as const;

const book = stepsOnOwnDatabase<AlertActivities>({ ...STEP_ATTEMPTS, taskQueue: TASK_QUEUES.devices });

/** An alert as it was raised. */
export interface RaisedAlert {
  readonly deviceId: string;
  readonly alertId: string;
  readonly temperature: number;
  readonly at: string;
}

type StepKey = (step: string, number?: number) => string;

/** Enters the alert, and fixes its terms. */
export async function openAlert(
  alert: RaisedAlert,
  stepKey: StepKey,
  forward: ForwardSteps,
): Promise<AlertTerms> {
  const run = () => book.openAlert('Enter the alert', { key: stepKey('openAlert'), ...alert });
  return (await forward.retriable({ name: 'openAlert', run })) ?? book.alertTerms('Read the terms', {});
}

export function stepsFor(alert: RaisedAlert, stepKey: StepKey, terms: AlertTerms) {
  const { deviceId, alertId } = alert;
  const oncall = stepsOf<OncallActivities>({ ...oncallQueue, scheduleToCloseTimeout: terms.stepWithinMs });
  const undo = stepsOf<OncallActivities>({ ...oncallQueue, scheduleToCloseTimeout: terms.undoWithinMs });
  const ticket = stepKey('openTicket');

  return {
    openTicket: {
      key: ticket,
      run: () => oncall.openTicket(`Open a ticket for ${deviceId}`, { key: ticket, deviceId, alertId }),
      undoneBy: 'closeTicket',
      undo: () => undo.closeTicket('Close the ticket', { undoes: ticket, deviceId }),
    } satisfies CompensatableStep<string>,

    notifyOncall: (level: number) =>
      oncall.notifyOncall(`Tell level ${level} of the on-call`, {
        key: stepKey('notifyOncall', level),
        deviceId,
        alertId,
        level,
        temperature: alert.temperature,
      }),

    acknowledgeAlert: (by: string) =>
      book.acknowledgeAlert(`Acknowledged by ${by}`, {
        key: stepKey('acknowledgeAlert'),
        deviceId,
        alertId,
        by,
      }),

    closeAlert: (outcome: 'resolved' | 'given-up', because: { reason: string; detail: string }) =>
      book.closeAlert(`Close the alert as ${outcome}`, {
        key: stepKey('closeAlert'),
        deviceId,
        alertId,
        outcome,
        ...because,
      }),

    solveTicket: () =>
      oncall.solveTicket('Mark the ticket as solved', {
        key: stepKey('solveTicket'),
        deviceId,
        alertId,
      }),
  };
}
