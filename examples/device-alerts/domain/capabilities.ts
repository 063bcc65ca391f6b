import { capability } from 'sagaline/workflow';
import type { AlertActivities } from '../activities/alerts';
import type { OncallActivities } from '../activities/oncall';
import { REFUSALS, TASK_QUEUES } from './names';

/**
 * The steps of an alert: each is declared once, with its compensation. Workflows import this file: no zod, activities as
 * types only.
 */

export const book = capability<AlertActivities>()(
  'book',
  {
    openAlert: { summary: () => 'Enter the alert' },
    acknowledgeAlert: { summary: ({ by }) => `Acknowledged by ${by}` },
    closeAlert: { summary: ({ outcome }) => `Close the alert as ${outcome}` },
  },
  { taskQueue: TASK_QUEUES.devices },
);

export const oncall = capability<OncallActivities>()('oncall', {
  openTicket: {
    summary: ({ deviceId }) => `Open a ticket for ${deviceId}`,
    undoneBy: 'closeTicket',
    refuses: [REFUSALS.unknownDevice],
  },
  closeTicket: { summary: () => 'Close the ticket' },
  solveTicket: { summary: () => 'Mark the ticket as solved', after: 'pivot' },
  notifyOncall: { summary: ({ level }) => `Tell level ${level} of the on-call` },
});
