// Who reaches Temporal's port, and has no key of the payloads.
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { newOrderId, orderOf, submissionOf } from '../../../demo/orders';
import { openedOrder } from '../../../demo/shop';
import { cancellationRequested } from '../../../domains/shop/events';
import { order } from '../../../domains/shop/workflows';
import { createPlainClient, findSaga } from '../../../src/adapters/temporal';
import { DECIDE, workflowIdOf } from '../../../src/contracts';
import { driveOrder } from '../../shop/support/order/driver';
import { until } from '../../support/until';
import type { Attack } from '../attack';
import { attempt, outcomeOf } from '../attack';
import type { Target } from '../target';

const SEALED = 'only sealed payloads reach a workflow';
const ENCRYPTED = 'encrypted payloads';
const AUTHORIZER = "Temporal's authorizer";
/** What a workflow does with a signal takes less, on both stacks. */
const DONE_WITHIN_MS = 8_000;

async function asStranger<Result>(target: Target, act: (client: Client) => Promise<Result>): Promise<Result> {
  const { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace } = target.local.config;
  const client = createPlainClient({ address, namespace });
  try {
    return await act(client);
  } finally {
    await client.connection.close();
  }
}

async function openOrder(target: Target): Promise<string> {
  const orderId = newOrderId('raw');
  await target.shop.publish(submissionOf(orderOf(orderId)));
  await openedOrder(target.shop, orderId);
  return orderId;
}

const within = (what: string, ask: () => Promise<boolean>) =>
  attempt(() => until(what, ask, DONE_WITHIN_MS));

export const temporal: readonly Attack[] = [
  {
    threat: 'an order is closed by a raw signal',
    control: SEALED,
    attack: async (target) => {
      const orderId = await openOrder(target);
      const workflowId = workflowIdOf(order, orderId);
      const { type, example } = cancellationRequested;
      const data = { ...example, orderId };
      await asStranger(target, (client) =>
        client.workflowService.signalWorkflowExecution({
          namespace: target.local.config.TEMPORAL_NAMESPACE,
          workflowExecution: { workflowId },
          signalName: type,
          input: {
            payloads: [
              defaultPayloadConverter.toPayload({ id: 'raw', source: '/web-shop', type, key: orderId, data }),
            ],
          },
          requestId: randomUUID(),
        }),
      );
      return within('the order is closed', async () => {
        const found = await findSaga(target.shop.temporal, workflowId);
        return found !== undefined && found.saga.status !== 'RUNNING';
      });
    },
  },
  {
    threat: 'a workflow is started by hand',
    control: SEALED,
    attack: (target) =>
      asStranger(target, async (client) => {
        const opened = driveOrder(client, newOrderId('started'));
        await opened.submit();
        return within('it does something', async () => {
          const { events } = await opened.handle.fetchHistory();
          return events?.some((event) => event.activityTaskScheduledEventAttributes) === true;
        });
      }),
  },
  {
    threat: "a customer's address is read in a history",
    control: ENCRYPTED,
    attack: (target) =>
      asStranger(target, async (client) => {
        const handle = client.workflow.getHandle(workflowIdOf(order, target.victim.booked));
        const history = JSON.stringify(await handle.fetchHistory(), (_, value: unknown) =>
          value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value,
        );
        return outcomeOf(history.includes(orderOf('').shippingAddress.street));
      }),
  },
  {
    threat: 'a raw update decides about an order',
    control: SEALED,
    attack: (target) =>
      asStranger(target, async (client) => {
        const handle = client.workflow.getHandle(workflowIdOf(order, target.victim.booked));
        const update = handle.executeUpdate(DECIDE, { args: [{ kind: 'retry', reason: 'so' }] });
        const why = await update.then(
          () => 'decided',
          (error: unknown) => JSON.stringify(error, Object.getOwnPropertyNames(error)) + causeOf(error),
        );
        // Without the control the saga itself answers: nothing is to be decided.
        return outcomeOf(!why.includes('unsealed') && !why.includes('Encoded failure'));
      }),
  },
  {
    threat: 'a workflow is terminated',
    control: AUTHORIZER,
    isOpen: true,
    attack: async (target) => {
      const orderId = await openOrder(target);
      return asStranger(target, (client) =>
        attempt(() => client.workflow.getHandle(workflowIdOf(order, orderId)).terminate('so')),
      );
    },
  },
  {
    threat: 'Temporal in plain text, without a certificate',
    control: 'mTLS of Temporal',
    isOpen: true,
    attack: (target) =>
      asStranger(target, (client) => attempt(() => client.workflowService.getSystemInfo({}))),
  },
];

function causeOf(error: unknown): string {
  const { cause } = error as { readonly cause?: { readonly type?: string; readonly message?: string } };
  return `${cause?.type ?? ''} ${cause?.message ?? ''}`;
}
