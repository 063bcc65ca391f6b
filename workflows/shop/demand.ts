import { setWorkflowOptions } from '@temporalio/workflow';
import type { DemandActivities } from '../../activities/shop/demand';
import type { ArticleViewed } from '../../domains/shop/events/customers';
import { TASK_QUEUES } from '../../domains/shop/names';
import type { Batch } from 'sagaline/workflow';
import { batcher, FLUSH_ATTEMPTS, stepsOf, versioned } from 'sagaline/workflow';
import { VIEW_SHAPES } from './event-shapes';

const inventory = stepsOf<DemandActivities>({ ...FLUSH_ATTEMPTS, taskQueue: TASK_QUEUES.inventory });

export function addViews({ key: sku, flush, events }: Batch<ArticleViewed>): Promise<unknown> {
  const views = events.map(({ source, id, data }) => ({ source, id, viewedAt: data.viewedAt }));
  return inventory.addViews(`Add ${views.length} views of ${sku}`, { key: flush, sku, views });
}

/** Counts the views of one article, a batch at a time. */
export const demand = batcher<ArticleViewed>(addViews, { shapes: VIEW_SHAPES });

// An article that is viewed every day keeps its batcher open for ever: the workers of one version could not stay that long.
setWorkflowOptions(versioned('AUTO_UPGRADE'), demand);
