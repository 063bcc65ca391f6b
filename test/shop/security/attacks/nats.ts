// A process of ours is taken over: what its user of NATS may do beyond its work.
import type { NatsConnection } from 'nats';
import { headers } from 'nats';
import { newOrderId } from '../../../../demo/orders';
import { orderCompleted, orderSubmitted, paymentAuthorized } from '../../../../domains/shop/events';
import type { NatsRole } from '../../../../src/adapters/nats';
import { connectNats, createStreamReader, EVENTS_STREAM, natsRole } from '../../../../src/adapters/nats';
import { consumerName } from '../../../../src/adapters/nats/consume/consumer';
import type { EventContract } from '../../../../src/contracts';
import { encodeEvent, newEvent, sourceFor } from '../../../../src/contracts';
import { silentLog } from '../../../support/log';
import type { Attack, Outcome } from '../attack';
import { attempt, outcomeOf } from '../attack';
import type { Target } from '../target';

const LEAST = 'least permissions of each user';
const HOUSEKEEPING = 'only housekeeping removes events';
const INBOXES = 'an inbox prefix for each role';
const ANSWER_WITHIN_MS = 1_500;
/** A message on loopback takes far less. */
const HEARD_WITHIN_MS = 1_000;

/** Connects as a role's process does, and sees that this works: a refusal of everything would prove nothing. */
export async function asRole<Result>(
  target: Target,
  role: NatsRole,
  act: (connection: NatsConnection) => Promise<Result>,
): Promise<Result> {
  const name = { ...natsRole(role), log: silentLog, orFail: true };
  const connection = await connectNats({ ...target.natsAs(role), ...name });
  try {
    await connection.request('$JS.API.INFO', '', { timeout: ANSWER_WITHIN_MS });
    return await act(connection);
  } finally {
    await connection.close();
  }
}

function encoded(contract: EventContract) {
  const orderId = newOrderId('nats');
  const data = { ...(contract.example as object), orderId };
  return encodeEvent(newEvent(contract, { id: orderId, data }), { source: sourceFor(contract, '/web-shop') });
}

/** Through when JetStream has done it; its answer may be an error. */
const api =
  (verb: string, content: object | string = '') =>
  (connection: NatsConnection): Promise<Outcome> =>
    attempt(async () => {
      const request = typeof content === 'string' ? content : JSON.stringify(content);
      const answer = await connection.request(`$JS.API.${verb}`, request, { timeout: ANSWER_WITHIN_MS });
      if (answer.data.length > 0 && 'error' in answer.json<object>()) throw new Error(answer.string());
    });

const publish = (contract: EventContract) => (connection: NatsConnection) => {
  const { subject, body, contentType } = {
    contentType: 'application/cloudevents+json',
    ...encoded(contract),
  };
  const head = headers();
  head.set('Content-Type', contentType);
  return attempt(() =>
    connection.jetstream().publish(subject, body, { headers: head, timeout: ANSWER_WITHIN_MS }),
  );
};

const write = (subject: string) => (connection: NatsConnection) =>
  attempt(() => connection.jetstream().publish(subject, 'forged', { timeout: ANSWER_WITHIN_MS }));

/** Purges an event that was acknowledged to its publisher, and looks whether it is gone. */
const purgeAcknowledged = (role: NatsRole) => async (target: Target) => {
  const event = encoded(orderCompleted);
  await target.shop.publish(event);
  const stored = `p.*.*.${event.subject.replace(/^evt\./, '')}`;
  const reader = await createStreamReader(target.shop.nats, EVENTS_STREAM);
  if ((await reader.next(stored, 1)) === undefined) throw new Error('the event is not in the stream');
  await asRole(target, role, api(`STREAM.PURGE.${EVENTS_STREAM}`, { filter: stored }));
  return outcomeOf((await reader.next(stored, 1)) === undefined);
};

const as = (
  role: NatsRole,
  threat: string,
  control: string,
  act: (c: NatsConnection) => Promise<Outcome>,
) => ({
  threat: `${role}: ${threat}`,
  control,
  attack: (target: Target) => asRole(target, role, act),
});

/** Listens as one role while another one gets an answer. */
const sniff = (role: NatsRole, subject: string) => async (target: Target) =>
  asRole(target, role, async (connection) => {
    let heard = 0;
    // A refusal calls it, too, with an error.
    connection.subscribe(subject, { callback: (error) => void (heard += error ? 0 : 1) });
    await connection.flush();
    await target.shop.nats.request('$JS.API.INFO', '', { timeout: ANSWER_WITHIN_MS });
    await target.shop.publish(encoded(orderCompleted));
    await waited();
    return outcomeOf(heard > 0);
  });

const waited = () => new Promise((resolve) => setTimeout(resolve, HEARD_WITHIN_MS));

async function forgeAnswer(target: Target): Promise<Outcome> {
  let heard = 0;
  const inbox = `${natsRole('operator').inboxPrefix}.forged`;
  const subscription = target.shop.nats.subscribe(inbox, { callback: () => (heard += 1) });
  await target.shop.nats.flush();
  await asRole(target, 'gateway', async (connection) => {
    connection.publish(inbox, 'forged');
    await connection.flush();
    await waited();
  });
  subscription.unsubscribe();
  return outcomeOf(heard > 0);
}

const bridgeConsumer = (number: number) => consumerName('bridge', { number, settled: 0 });

export const nats: readonly Attack[] = [
  as('gateway', 'an event of the project itself', LEAST, publish(orderCompleted)),
  as('gateway', 'a forged dead letter', LEAST, write('dlq.bridge.orders.x')),
  as('gateway', 'a forged record of an operator', LEAST, write('ops.dead-letters.1')),
  as('bridge', 'an event', LEAST, publish(orderSubmitted)),
  as('relay', 'an event of a provider', LEAST, publish(paymentAuthorized)),
  as('subscriber', 'an event', LEAST, publish(orderSubmitted)),
  as('housekeeping', 'an event', LEAST, publish(orderSubmitted)),
  as('provision', 'an event', LEAST, publish(orderSubmitted)),
  as(
    'subscriber',
    "the bridge's events are taken away",
    LEAST,
    api(`CONSUMER.MSG.NEXT.${EVENTS_STREAM}.${bridgeConsumer(0)}`, { batch: 1, no_wait: true }),
  ),
  {
    threat: 'gateway: an acknowledged event is purged',
    control: HOUSEKEEPING,
    attack: purgeAcknowledged('gateway'),
  },
  {
    threat: 'operator: an acknowledged event is purged',
    control: HOUSEKEEPING,
    attack: purgeAcknowledged('operator'),
  },
  {
    threat: 'provision: an acknowledged event is purged',
    control: HOUSEKEEPING,
    attack: purgeAcknowledged('provision'),
  },
  {
    threat: "subscriber: the operator's answers are read",
    control: INBOXES,
    attack: sniff('subscriber', `${natsRole('operator').inboxPrefix}.>`),
  },
  { threat: 'gateway: every message is read', control: INBOXES, attack: sniff('gateway', '>') },
  { threat: 'bridge: events are read as they come', control: INBOXES, attack: sniff('bridge', 'evt.>') },
  { threat: 'gateway: an answer to the operator is forged', control: INBOXES, attack: forgeAnswer },
];

/** They leave the open stack without its bridge and its streams. */
export const destructive: readonly Attack[] = [
  as(
    'operator',
    'a consumer of the bridge is deleted',
    LEAST,
    api(`CONSUMER.DELETE.${EVENTS_STREAM}.${bridgeConsumer(1)}`),
  ),
  as('gateway', 'all dead letters are deleted', LEAST, api('STREAM.DELETE.DEAD_LETTERS')),
  as('provision', 'all events are deleted', LEAST, api(`STREAM.DELETE.${EVENTS_STREAM}`)),
];
