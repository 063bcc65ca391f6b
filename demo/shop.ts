import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { NatsConnection } from 'nats';
import type { Publish } from '../src/adapters/nats';
import { connectNats, createPublisher, natsRole } from '../src/adapters/nats';
import type { OutgoingMessage } from '../src/adapters/nats/publish/publish';
import { eventHeaders } from '../src/adapters/nats/publish/publish';
import type { Database } from '../src/adapters/postgres';
import { connectDatabase } from '../src/adapters/postgres';
import { createTemporalClient, historyEntries } from '../src/adapters/temporal';
import type { Log, OutgoingEvent, SagaResult } from '../src/contracts';
import { compensationsOf as declaredCompensations, SAGA_STATE, workflowIdOf } from '../src/contracts';
import { ORDER_CAPABILITIES } from '../domains/shop/capabilities';
import { order as orderProcess } from '../domains/shop/workflows';
import type { Local } from '../src/runtime/local';
import { signaturesOf } from '../src/runtime/signatures';
import { openPersonalData } from '../src/security/personal';
import { temporalSettings } from '../src/runtime/settings';
import { persistently } from './eventually';
import { sealedEvent } from './sealed';
import { fillShelves } from './stock';

/** The demo's access to the shop: it publishes as a shop would, and reads what an operator would read. */
export interface Shop {
  readonly nats: NatsConnection;
  readonly temporal: Client;
  readonly database: Database;
  readonly publish: Publish;
  /** An event as `publish` sends it, for those who publish themselves: with its headers, and personal fields encrypted. */
  readonly prepare: (event: OutgoingEvent) => Promise<Required<OutgoingMessage>>;
  readonly local: Local;
  /** The factor by which all time limits are extended. */
  readonly patience: number;
  close(): Promise<void>;
}

const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const POOL_SIZE = 2;

export async function openShop(local: Local, { patience = 1 } = {}): Promise<Shop> {
  const { config } = local;
  const nats = await connectNats({ ...config.nats, ...natsRole('operator'), name: 'demo', log: silent });
  const temporal = createTemporalClient(temporalSettings(config, {}));
  const database = connectDatabase({
    url: config.DATABASE_URL,
    poolSize: POOL_SIZE,
    name: 'demo',
    log: silent,
  });
  await fillShelves(database);
  const personal = openPersonalData(config.PERSONAL_DATA_KEYS_FILE, database, silent);
  const { sign } = signaturesOf(config, { count: () => undefined, log: silent });
  const send = createPublisher(nats.jetstream());
  const prepare: Shop['prepare'] = async (event) => {
    const sealed = await sealedEvent(event, personal);
    return { ...sealed, headers: await eventHeaders(sealed, sign) };
  };
  return {
    nats,
    temporal,
    database,
    publish: async (event) => send(await prepare(event)),
    prepare,
    local,
    patience,
    close: async () => {
      await nats.close();
      await temporal.connection.close();
      await database.end();
    },
  };
}

export interface OpenedOrder {
  readonly workflowId: string;
  readonly runId: string;
  readonly link: string;
}

const LOOK_MS = 100;
const OPENED_WITHIN_MS = 30_000;

/** Waits until the bridge has opened the order's workflow. */
export async function openedOrder(shop: Shop, orderId: string): Promise<OpenedOrder> {
  const withinMs = OPENED_WITHIN_MS * shop.patience;
  const workflowId = workflowIdOf(orderProcess, orderId);
  const deadline = Date.now() + withinMs;
  for (;;) {
    const found = await shop.temporal.workflow
      .getHandle(workflowId)
      .describe()
      .catch(() => undefined);
    if (found) return { workflowId, runId: found.runId, link: linkTo(shop, workflowId, found.runId) };
    if (Date.now() > deadline) throw new Error(`no workflow ${workflowId} after ${withinMs / 1_000} s`);
    await sleep(LOOK_MS);
  }
}

function linkTo({ local }: Shop, workflowId: string, runId: string): string {
  return `${local.temporalUiUrl}/namespaces/${local.config.TEMPORAL_NAMESPACE}/workflows/${workflowId}/${runId}/timeline`;
}

const STATE_WITHIN_MS = 40_000;

/** Waits until the order's saga is in a state. */
export async function untilState(
  { temporal, patience }: Shop,
  { workflowId }: OpenedOrder,
  state: string,
): Promise<void> {
  const handle = temporal.workflow.getHandle(workflowId);
  const until = Date.now() + STATE_WITHIN_MS * patience;
  for (;;) {
    const { typedSearchAttributes } = await handle.describe();
    const found = typedSearchAttributes.get(SAGA_STATE) ?? '';
    if (found === state) return;
    if (Date.now() > until) throw new Error(`${workflowId} is ${found}, not ${state}`);
    await sleep(LOOK_MS);
  }
}

const ENDED_WITHIN_MS = 60_000;

/** The state in which the order's saga ended; rejects when it has not ended in time, or failed. */
export async function endOf(shop: Shop, { workflowId, runId }: OpenedOrder): Promise<string> {
  const withinMs = ENDED_WITHIN_MS * shop.patience;
  const handle = shop.temporal.workflow.getHandle(workflowId, runId);
  const late = sleep(withinMs, undefined, { ref: false }).then(() => {
    throw new Error(`${workflowId} is still open after ${withinMs / 1_000} s`);
  });
  const result = (await Promise.race([handle.result(), late])) as SagaResult;
  return result.state;
}

const COMPENSATING: ReadonlySet<string> = new Set(Object.keys(declaredCompensations(ORDER_CAPABILITIES)));

/** The compensations of a closed order, in the order in which they ran. */
export async function compensationsOf(shop: Shop, { workflowId, runId }: OpenedOrder): Promise<string[]> {
  const ran: string[] = [];
  for await (const historyEntry of historyEntries(shop.temporal, workflowId, runId)) {
    if (historyEntry.kind === 'done' && COMPENSATING.has(historyEntry.activity))
      ran.push(historyEntry.activity);
  }
  return ran;
}

/** The effects of an order in PostgreSQL, one line for each fact. */
export async function effectsOf({ database }: Shop, orderId: string): Promise<string[]> {
  const rows = await database.query<{ effect: string }>(
    `select 'order ' || state as effect from orders.orders where order_id = $1
     union all select 'stock ' || state || ' ' || quantity || ' x ' || sku from inventory.reservations where order_id = $1
     union all select 'payment ' || state || ' ' || case state when 'captured' then captured when 'refunded' then refunded else amount end || ' ' || currency
       from payments.payments where order_id = $1
     union all select 'shipment ' || state from logistics.shipments where order_id = $1
     union all select 'message ' || template from notifications.messages where order_id = $1
     order by 1`,
    [orderId],
  );
  return rows.map(({ effect }) => effect);
}

export interface ProviderPayment {
  readonly id: string;
  readonly status: string;
  readonly merchant_reference: string;
  readonly currency: string;
  readonly amount_captured: number;
  readonly amount_refunded: number;
  /** In seconds since 1970, while the amount is authorised. */
  readonly authorization_expires_at?: number;
}

/** The payments in the payment provider's own books. */
export async function paymentsAtProvider({ local }: Shop): Promise<readonly ProviderPayment[]> {
  return persistently(async () => {
    const answer = await fetch(`${local.devUrls['providers']}/sandbox/payments`);
    return ((await answer.json()) as { data: ProviderPayment[] }).data;
  });
}
