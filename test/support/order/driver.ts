import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { createWorkflows } from '../../../src/adapters/temporal';
import type { Answer } from '../../../src/bridge';
import type { DomainEvent, EventContract, SagaResult } from '../../../src/contracts';
import { SEARCH_ATTRIBUTES, workflowIdOf } from '../../../src/contracts';
import { orderSubmitted, shipmentDelivered, shipmentDispatched } from '../../../src/domains/shop/events';
import type { SubmittedOrder } from '../../../src/domains/shop/events/orders';
import { order as orderProcess } from '../../../src/domains/shop/workflows';

/** Drives one order as the bridge does: every event as a signal, the submission opening the workflow. */
export interface OrderDriver {
  readonly orderId: string;
  readonly handle: WorkflowHandle;
  submit(changes?: Partial<SubmittedOrder>, id?: string): Promise<void>;
  dispatched(id?: string): Promise<void>;
  delivered(id?: string): Promise<void>;
  /** The `SagaState` that a query would find now. */
  state(): Promise<string>;
  untilState(state: string): Promise<void>;
  result(): Promise<SagaResult>;
}

const SAGA_STATE = defineSearchAttributeKey(SEARCH_ATTRIBUTES.sagaState, SearchAttributeType.KEYWORD);
const STATE_WITHIN_MS = 20_000;
const LOOK_MS = 50;

export function driveOrder(client: Client, orderId: string): OrderDriver {
  const workflows = createWorkflows(client);
  const target = { workflow: orderProcess, workflowId: workflowIdOf(orderProcess, orderId), key: orderId };
  const handle = client.workflow.getHandle(target.workflowId);

  const eventOf = <Data>(contract: EventContract<string, Data>, id: string, data: Data): DomainEvent => ({
    id,
    source: '/test',
    type: contract.type,
    key: orderId,
    data,
  });
  const shipment = { orderId, shipmentId: `shp_${orderId}`, trackingNumber: `T-${orderId}` };

  async function accepted(answering: Promise<Answer<string>>): Promise<void> {
    const answer = await answering;
    if (answer.kind !== 'answered') throw answer.cause;
    if (answer.value !== 'accepted') throw new Error(`${target.workflowId} is ${answer.value}`);
  }

  async function state(): Promise<string> {
    const { typedSearchAttributes } = await handle.describe();
    return typedSearchAttributes.get(SAGA_STATE) ?? '';
  }

  return {
    orderId,
    handle,
    submit: (changes = {}, id = 'submitted') =>
      accepted(
        workflows.signalWithStart(
          target,
          eventOf(orderSubmitted, id, { ...orderSubmitted.example, orderId, ...changes }),
        ),
      ),
    dispatched: (id = 'dispatched') =>
      accepted(workflows.signal(target, eventOf(shipmentDispatched, id, shipment))),
    delivered: (id = 'delivered') =>
      accepted(workflows.signal(target, eventOf(shipmentDelivered, id, shipment))),
    state,
    untilState: async (wanted) => {
      const deadline = Date.now() + STATE_WITHIN_MS;
      while ((await state()) !== wanted) {
        if (Date.now() > deadline) throw new Error(`${orderId} is ${await state()}, not ${wanted}`);
        await sleep(LOOK_MS);
      }
    },
    result: () => handle.result() as Promise<SagaResult>,
  };
}
