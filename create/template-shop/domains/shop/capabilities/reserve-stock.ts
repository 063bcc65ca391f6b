import { capability } from 'sagaline/workflow';
import type { ReserveStockActivities } from '../../../activities/reserve-stock';
import { REFUSALS, TASK_QUEUES } from '../names';

export const reserveStock = capability<ReserveStockActivities>()(
  'reserveStock',
  {
    reserveStock: {
      summary: ({ quantity, sku }) => `Reserve ${quantity} × ${sku}`,
      undoneBy: 'releaseStock',
      refuses: [REFUSALS.outOfStock],
    },
    releaseStock: { summary: ({ undoes: { quantity, sku } }) => `Release ${quantity} × ${sku}` },
  },
  { taskQueue: TASK_QUEUES.orders },
);
