import { z } from 'zod';
import { activity } from 'sagaline/activities';
import { view } from './shapes';

const addViews = z.object({
  /** Of the flush: `<workflow id>:<run id>:<number>`. */
  key: z.string().min(1),
  sku: z.string().min(1),
  views: z.array(view).min(1),
});

export type AddViews = z.infer<typeof addViews>;

/** How often each article was looked at. */
export interface Demand {
  /**
   * Counts views of one article, each once for its event, in whatever batches it comes. The key of the flush is for logs:
   * the events' identities are what repeats are known by.
   */
  addViews(input: AddViews): Promise<void>;
}

export function createDemandActivities(demand: Demand) {
  return { addViews: activity(addViews, (input) => demand.addViews(input)) };
}

export type DemandActivities = ReturnType<typeof createDemandActivities>;
