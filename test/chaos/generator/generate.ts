/** The customers, the carrier and the vandals: they publish what the plan says, until each event is acknowledged. */
import { setTimeout as sleep } from 'node:timers/promises';
import { headers } from 'nats';
import { persistently } from '../../../demo/eventually';
import type { Shop } from '../../../demo/shop';
import { publishOverHttp } from '../../../demo/traffic';
import type { Saga } from '../../../src/adapters/temporal';
import { findSaga } from '../../../src/adapters/temporal';
import type { OutgoingEvent } from '../../../src/contracts';
import {
  encodeEvent,
  errorMessage,
  identityOf,
  newEvent,
  providerSource,
  workflowIdOf,
} from '../../../src/contracts';
import { articleViewed } from '../../../domains/shop/events';
import { EVENTS } from '../../../domains/shop/names';
import { order as orderProcess } from '../../../domains/shop/workflows';
import { hostileMessage, publishRaw } from '../../support/journal/hostile';
import type { Transport, PlannedOrder } from '../plan/orders';
import type { ProviderAct, ProviderDeed } from './back-office';
import { actAtProvider } from './back-office';
import { forgeryOf } from './forgeries';
import type { FollowUp } from './kinds';
import { AT_ONCE, firstEventOf, kindOf } from './kinds';
import type { Acknowledged, Ledger } from './ledger';

const VICTIM = {
  type: EVENTS.cancellationRequested,
  keyName: 'orderId',
  otherFact: 'orders.submitted.v1',
};
const VIEWS_SOURCE = '/chaos/web-shop';

export async function generate(
  shop: Shop,
  plan: readonly PlannedOrder[],
  { signal }: { signal: AbortSignal },
): Promise<Ledger> {
  const acknowledged: Acknowledged[] = [];
  const unacknowledged: string[] = [];
  const deeds: ProviderDeed[] = [];
  const forged: string[] = [];
  const began = performance.now();
  const pause = (ms: number) => sleep(Math.max(0, ms), undefined, { signal }).catch(() => undefined);
  let copies = 0;

  /** Once more is another message for the stream, but through the gateway, which makes the same message of it. */
  async function publish(event: OutgoingEvent, transport: Transport, again = false): Promise<void> {
    const { source, id, subject } = event;
    const known = { event: { source, id }, subject };
    await written(`${source} ${id}`, async () => {
      if (transport === 'http' && !isOfProvider(event)) {
        await publishOverHttp(shop, event);
        return [{ ...known, via: 'http' }];
      }
      const { sequence } = await persistently(() => (again ? publishCopy(event) : shop.publish(event)));
      return [{ ...known, via: 'nats', sequence }];
    });
  }

  async function publishCopy(event: OutgoingEvent): Promise<{ sequence: number }> {
    const { subject, body, id, headers: own } = await shop.prepare(event);
    const head = headers();
    for (const [name, value] of Object.entries(own)) head.set(name, value);
    copies += 1;
    const { seq } = await shop.nats
      .jetstream()
      .publish(subject, body, { msgID: `${id}-copy-${copies}`, headers: head });
    return { sequence: seq };
  }

  async function vandalise(orderId: string, index: number): Promise<void> {
    const message = hostileMessage(orderId, index, VICTIM);
    await written(`hostile ${orderId}`, async () => {
      const [sequence = 0] = await persistently(() => publishRaw(shop.nats, [message]));
      return [{ via: 'nats', subject: message.subject, sequence }];
    });
  }

  async function forge(orderId: string, index: number): Promise<void> {
    const event = forgeryOf(orderId, index);
    // Signed: where events are signed, the policy of origins shall refuse it, not the signature.
    const { subject, body, headers: own } = await shop.prepare(event);
    await written(`forged ${orderId}`, async () => {
      const [sequence = 0] = await persistently(() =>
        publishRaw(shop.nats, [{ subject, body, headers: own }]),
      );
      forged.push(identityOf(event));
      return [{ via: 'nats', subject, sequence }];
    });
  }

  async function written(what: string, publishing: () => Promise<readonly Acknowledged[]>): Promise<void> {
    if (signal.aborted) return;
    try {
      acknowledged.push(...(await publishing()));
    } catch (error) {
      unacknowledged.push(`${what}: ${errorMessage(error)}`);
    }
  }

  async function oneOrder(planned: PlannedOrder, index: number): Promise<void> {
    const { orderId, transport } = planned;
    await pause(planned.afterMs - (performance.now() - began));
    if (signal.aborted) return;
    const kind = kindOf(planned.kind);
    await publish(viewOf(planned), transport);
    if (kind.beforehand) await publish(kind.beforehand(orderId), transport);
    const first = firstEventOf(kind, orderId);
    await Promise.all([
      publish(first, transport).then(() => (planned.hostile ? vandalise(orderId, index) : undefined)),
      forge(orderId, index),
      ...planned.repeats.map(async (repeat) => {
        await pause(repeat.afterMs);
        await publish(first, repeat.transport, true);
      }),
      followUps(planned, kind.then),
      whim(planned),
    ]);
  }

  async function whim({ orderId, whim: planned }: PlannedOrder): Promise<void> {
    if (!planned) return;
    await pause(planned.afterMs);
    await done(orderId, planned.act);
  }

  async function done(orderId: string, act: ProviderAct): Promise<void> {
    if (signal.aborted) return;
    const isOver = async () => {
      const saga = await sagaOf(shop, orderId);
      return saga !== undefined && saga.status !== 'RUNNING';
    };
    const deed = await actAtProvider(shop, orderId, act, { withinMs: ACTED_WITHIN_MS, isOver, signal });
    if (deed) deeds.push(deed);
  }

  async function followUps(
    { orderId, transport, publishesTwice }: PlannedOrder,
    then: readonly FollowUp[],
  ): Promise<void> {
    for (const { when, ...what } of then) {
      await untilState(shop, orderId, when, signal);
      if ('provider' in what) {
        await done(orderId, what.provider);
        continue;
      }
      const said = what.event(orderId);
      await publish(said, transport);
      if (publishesTwice) await publish(said, 'nats', true);
    }
  }

  await Promise.all(plan.map(oneOrder));
  return { acknowledged, unacknowledged, forged, deeds };
}

/** The gateway takes it as a webhook only; the stream takes whatever its source says. */
function isOfProvider({ source }: OutgoingEvent): boolean {
  return source.startsWith(providerSource(''));
}

function viewOf({ orderId, viewed }: PlannedOrder): OutgoingEvent {
  const data = { sku: viewed, viewedAt: new Date().toISOString() };
  return encodeEvent(newEvent(articleViewed, { id: `view-${orderId}`, data }), { source: VIEWS_SOURCE });
}

/** A payment may be a while behind the order's state; where it never comes so far, the order ends. */
const ACTED_WITHIN_MS = 20_000;

/** Seldom: several hundred orders are waited for, and Temporal has other work. */
const LOOK_MS = 1_000;
/** Then it is said all the same: a customer does not know how far the order is. */
const AT_THE_LATEST_MS = 40_000;

async function untilState(shop: Shop, orderId: string, when: string, signal: AbortSignal): Promise<void> {
  if (when === AT_ONCE) return;
  const deadline = Date.now() + AT_THE_LATEST_MS;
  while (Date.now() < deadline && !signal.aborted) {
    const saga = await sagaOf(shop, orderId);
    if (saga && (saga.status !== 'RUNNING' || saga.state === when)) return;
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** `undefined` where there is none yet, or Temporal is away. */
async function sagaOf(shop: Shop, orderId: string): Promise<Saga | undefined> {
  const found = await findSaga(shop.temporal, workflowIdOf(orderProcess, orderId)).catch(() => undefined);
  return found?.saga;
}
