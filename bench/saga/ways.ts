import type { Client } from '@temporalio/client';
import { createWorkflows } from '../../src/adapters/temporal';
import type { Answer } from '../../src/bridge';
import type { DomainEvent, Placement } from '../../src/contracts';
import { workflowIdOf } from '../../src/contracts';
import { EVENTS } from '../../domains/shop/names';
import type { SubmittedOrder } from '../../domains/shop/events/orders';
import { order as orderProcess } from '../../domains/shop/workflows';
import { SAMPLE_QUEUE } from './names';
import type { sampleOrder } from './sample';

/** One way to write the order: how it is opened, and how it gets notifications of its parcel. */
export interface Way {
  readonly name: 'ours' | 'placed' | 'sample';
  open(order: SubmittedOrder): Promise<void>;
  tell(event: DomainEvent): Promise<void>;
  workflowIdOf(orderId: string): string;
}

/**
 * The product's way: every event is a signal, and the first one opens the workflow, by the same calls that the bridge makes.
 *
 * @param placement the placement with which its orders begin
 */
export function ourWay(
  client: Client,
  placement: Placement = {},
  name: Exclude<Way['name'], 'sample'> = 'ours',
): Way {
  const workflows = createWorkflows(client, placement);
  const target = (key: string) => ({
    workflow: orderProcess,
    workflowId: workflowIdOf(orderProcess, key),
    key,
  });
  return {
    name,
    workflowIdOf: (orderId) => target(orderId).workflowId,
    open: async (data) => {
      const { orderId } = data;
      const event = {
        id: orderId,
        source: '/bench',
        type: EVENTS.orderSubmitted,
        key: orderId,
        data,
      };
      await taken(workflows.signalWithStart(target(orderId), event));
    },
    tell: (event) => taken(workflows.signal(target(event.key), event)),
  };
}

async function taken(asking: Promise<Answer<string>>): Promise<void> {
  const answer = await asking;
  if (answer.kind !== 'answered') throw answer.cause;
  if (answer.value !== 'accepted') throw new Error(`the order is ${answer.value}`);
}

/** The way of Temporal's sample: the order is the workflow's argument. */
export function sampleWay(client: Client): Way {
  const idOf = (orderId: string) => `sample-${orderId}`;
  return {
    name: 'sample',
    workflowIdOf: idOf,
    open: async (order) => {
      await client.workflow.start<typeof sampleOrder>('sampleOrder', {
        workflowId: idOf(order.orderId),
        taskQueue: SAMPLE_QUEUE,
        args: [order],
      });
    },
    tell: (event) => client.workflow.getHandle(idOf(event.key)).signal(event.type, event),
  };
}
