import { capability } from 'sagaline/workflow';
import type { ConfirmOrderActivities } from '../../../activities/confirm-order';
import { TASK_QUEUES } from '../names';

export const confirmOrder = capability<ConfirmOrderActivities>()(
  'confirmOrder',
  { confirmOrder: { summary: () => 'Confirm the order', after: 'pivot' } },
  { taskQueue: TASK_QUEUES.orders },
);
