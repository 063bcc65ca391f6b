import type { Client, WorkflowHandle } from '@temporalio/client';
import { createWorkflows } from '../../../src/adapters/temporal';
import type { BatchPolicy } from '../../../src/contracts';
import { BATCHER_STATES, DECIDE, RefusalError, SAGA_STATE, workflowIdOf } from '../../../src/contracts';
import { articleViewed } from '../../../domains/shop/events';
import { demand } from '../../../domains/shop/workflows';
import type { FakeShop } from '../support/fakes';
import { until } from '../../support/until';

/** What a scenario of the batcher `demand` needs: one article to look at, the fakes to steer. */
export interface DemandStage {
  readonly handle: WorkflowHandle;
  readonly shop: FakeShop;
  readonly pause: (ms: number) => Promise<void>;
  /** So many views, each a new event; opens the batcher by this policy. */
  readonly view: (policy: BatchPolicy, count: number) => Promise<void>;
  /** Opens the batcher as the run before it would have. */
  readonly continued: (policy: BatchPolicy) => Promise<void>;
}

const SHORTLY = { size: 3, withinMs: 1_000 };
const ON_A_PAUSE = { size: 10, withinMs: 6_000, debounceMs: 2_000 };

/** The scenarios that a batch can take, one history each. */
export const demandScenarios: Readonly<Record<string, (stage: DemandStage) => Promise<void>>> = {
  'demand-flushed-when-full': async ({ view }) => {
    await view(SHORTLY, 7);
  },
  'demand-flushed-in-time': async ({ view }) => {
    await view(SHORTLY, 2);
  },
  'demand-flushed-after-a-pause': async ({ view, pause }) => {
    await view(ON_A_PAUSE, 1);
    await pause(1_000);
    await view(ON_A_PAUSE, 1);
  },
  'demand-viewed-during-a-flush': async ({ view, shop }) => {
    const flushing = shop.hold('addViews');
    await view(SHORTLY, 3);
    await flushing.reached;
    await view(SHORTLY, 2);
    flushing.release();
  },
  'demand-cancelled-in-the-ui': async ({ view, handle }) => {
    await view({ ...SHORTLY, withinMs: 60_000 }, 2);
    await handle.cancel();
  },
  'demand-refused-and-retried': async ({ view, shop, handle }) => {
    shop.fail('addViews', new RefusalError('unknown-article', 'There is no such article.'));
    await view(SHORTLY, 3);
    const isStuck = async () => {
      const { typedSearchAttributes } = await handle.describe();
      return typedSearchAttributes.get(SAGA_STATE) === BATCHER_STATES.flushStuck;
    };
    await until('the batcher is stuck', isStuck);
    await handle.signal(DECIDE, { kind: 'retry' });
  },
  'demand-continued-from-another-run': async ({ continued, view }) => {
    await continued(SHORTLY);
    await view(SHORTLY, 2);
  },
};

export function demandStage(
  client: Client,
  sku: string,
  parts: Pick<DemandStage, 'shop' | 'pause'>,
): DemandStage {
  const workflows = createWorkflows(client);
  const workflowId = workflowIdOf(demand, sku);
  let views = 0;
  const next = () => ({
    id: `view-${views++}`,
    source: '/test',
    type: articleViewed.type,
    key: sku,
    data: { sku, viewedAt: articleViewed.example.viewedAt },
  });
  return {
    ...parts,
    handle: client.workflow.getHandle(workflowId),
    view: async (batch, count) => {
      for (let left = count; left > 0; left--) {
        const answer = await workflows.signalWithStart(
          { workflow: demand, workflowId, key: sku, batch },
          next(),
        );
        if (answer.kind !== 'answered') throw answer.cause;
      }
    },
    continued: async (batch) => {
      const waiting = [next(), next()].map((event) => ({ event, at: Date.now() }));
      const carried = { waiting, seen: ['/test view-0', '/test view-1'], flushes: 17 };
      await client.workflow.start(demand.name, {
        workflowId,
        taskQueue: demand.taskQueue,
        args: [{ key: sku, batch, carried }],
      });
    },
  };
}
