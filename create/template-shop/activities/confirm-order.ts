import { activity } from 'sagaline/activities';
import { z } from 'zod';

const confirmOrder = z.object({ key: z.string(), orderId: z.string().min(1).max(64) });

export interface ConfirmOrder {
  confirmOrder(input: z.infer<typeof confirmOrder>): Promise<void>;
}

export function createConfirmOrderActivities(port: ConfirmOrder) {
  return { confirmOrder: activity(confirmOrder, (input) => port.confirmOrder(input)) };
}

export type ConfirmOrderActivities = ReturnType<typeof createConfirmOrderActivities>;
