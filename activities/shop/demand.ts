import { z } from 'zod';
import { activity } from 'sagaline/activities';
import { view } from './shapes';

const addViews = z.object({
  /** The key of the flush: `<workflow id>:<run id>:<number>`. */
  key: z.string().min(1),
  sku: z.string().min(1),
  views: z.array(view).min(1),
});

export type AddViews = z.infer<typeof addViews>;

/** How often each article was viewed. */
export interface Demand {
  /**
   * Counts views of one article. Each event counts once, in whatever batches it comes: repeats are recognised by the
   * identities of the events. The key of the flush is for logs.
   */
  addViews(input: AddViews): Promise<void>;
}

export function createDemandActivities(demand: Demand) {
  return { addViews: activity(addViews, (input) => demand.addViews(input)) };
}

export type DemandActivities = ReturnType<typeof createDemandActivities>;
