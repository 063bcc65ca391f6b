// Who reaches Temporal's port, and has no key of the payloads.
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import { newOrderId, orderOf, submissionOf } from '../../../../demo/orders';
import { openedOrder } from '../../../../demo/shop';
import { cancellationRequested, orderSubmitted } from '../../../../domains/shop/events';
import { exampleAddress } from '../../../../domains/shop/events/address';
import { order } from '../../../../domains/shop/workflows';
import { createPlainClient, createSubmit, findSaga } from '../../../../src/adapters/temporal';
import { workflowIdOf } from '../../../../src/contracts';
import { driveOrder } from '../../support/order/driver';
import { until } from '../../../support/until';
import type { Attack, Outcome } from '../attack';
import { attempt, outcomeOf } from '../attack';
import type { Target } from '../target';

const SEALED = 'only sealed payloads reach a workflow';
const ENCRYPTED = 'encrypted payloads';
const AUTHORIZER = "Temporal's authorizer";
/** Temporal's development server has neither an authorizer nor TLS. */
const AUTHORIZER_SUITE = 'npm run test:full -- authorizer';
const TLS_SUITE = 'npm run test:e2e -- secured/temporal-tls';
/** A busy machine takes its time, and where nothing happens, nothing is waited for. */
const DONE_WITHIN_MS = 20_000;
/** What a workflow task has decided is visible sooner. */
const VISIBLE_WITHIN_MS = 2_000;
/** As long as the gateway waits. */
const SUBMIT_WITHIN_MS = 10_000;

/** The states of an order that somebody has cancelled. */
const CLOSING: ReadonlySet<string> = new Set(['compensating', 'cancelled']);

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

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

/** Waits until a workflow task has had the latest signal, and then a little for what comes of it. */
async function worked(
  { controls, shop }: Target,
  workflowId: string,
  ask: (events: readonly HistoryEvent[]) => boolean | Promise<boolean>,
): Promise<Outcome> {
  const handle = shop.temporal.workflow.getHandle(workflowId);
  const history = async () => (await handle.fetchHistory()).events ?? [];
  await until(
    'a workflow task has had the signal',
    async () => {
      const events = await history();
      const signalled = events.findLastIndex((event) => event.workflowExecutionSignaledEventAttributes);
      return events
        .slice(signalled)
        .some(
          (event) => event.workflowTaskCompletedEventAttributes ?? event.workflowTaskFailedEventAttributes,
        );
    },
    DONE_WITHIN_MS,
  );
  const withinMs = controls === 'on' ? VISIBLE_WITHIN_MS : DONE_WITHIN_MS;
  return attempt(() => until('it is done', async () => ask(await history()), withinMs));
}

export const workflows: readonly Attack[] = [
  {
    threat: 'an order is closed by a raw signal',
    control: SEALED,
    isSlow: true,
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
      return worked(target, workflowId, async () => {
        const found = await findSaga(target.shop.temporal, workflowId);
        return found !== undefined && CLOSING.has(found.saga.state);
      });
    },
  },
  {
    threat: 'a workflow is started by hand',
    control: SEALED,
    isSlow: true,
    attack: (target) =>
      asStranger(target, async (client) => {
        const opened = driveOrder(client, newOrderId('started'));
        await opened.submit();
        return worked(target, opened.handle.workflowId, (events) =>
          events.some((event) => event.activityTaskScheduledEventAttributes),
        );
      }),
  },
  {
    threat: "a customer's address is read in a history",
    control: ENCRYPTED,
    attack: (target) =>
      asStranger(target, async (client) => {
        const handle = client.workflow.getHandle(workflowIdOf(order, target.victim.booked));
        const { events } = await handle.fetchHistory();
        const history = textsIn(events ?? []).join('\n');
        return outcomeOf(history.includes(exampleAddress.street));
      }),
  },
  {
    threat: 'an order is submitted by a raw update',
    control: SEALED,
    isSlow: true,
    attack: (target) =>
      asStranger(target, async (client) => {
        const orderId = newOrderId('update');
        const { type } = orderSubmitted;
        const event = { id: orderId, source: '/gateway/orders', type, key: orderId, data: orderOf(orderId) };
        const submitted = await createSubmit(client, SUBMIT_WITHIN_MS, {})(order, event);
        return outcomeOf(submitted.kind === 'answered' && submitted.answer.accepted);
      }),
  },
  {
    threat: 'a workflow is terminated',
    control: AUTHORIZER,
    refusedIn: AUTHORIZER_SUITE,
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
    refusedIn: TLS_SUITE,
    attack: (target) =>
      asStranger(target, (client) => attempt(() => client.workflowService.getSystemInfo({}))),
  },
];

/** Every text and every byte of a history, as somebody reads it who has no key. */
function textsIn(value: unknown): string[] {
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('utf8')];
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
