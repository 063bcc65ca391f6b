/** Orders that need somebody: a compensation that fails, a question for a person, a workflow that was terminated. */
import { cancellationOf, newOrderId, orderOf, submissionOf } from '../../../demo/orders';
import { shippedTo } from '../../../demo/plain-orders';
import type { Shop } from '../../../demo/shop';
import { openedOrder, untilState } from '../../../demo/shop';
import type { Incident } from '../incident';
import { known } from '../incident';
import { byHand } from './by-hand';

const CANCELS = 'cancelShipment';
const RETRYING = 'compensating';
/** Postal codes of the sandbox: booked and never cancelled, dispatched and never delivered, booked and never dispatched. */
const NO_CANCELLATION = '00004';
const NO_DELIVERY = '00002';
const NO_DISPATCH = '00001';

async function orderTo(shop: Shop, name: string, postalCode: string) {
  const orderId = newOrderId(name);
  await shop.publish(submissionOf(orderOf(orderId, shippedTo(postalCode))));
  return { orderId, opened: await openedOrder(shop, orderId) };
}

const compensationFails: Incident = {
  name: 'compensation fails',
  begin: async ({ shop }) => {
    const { orderId, opened } = await orderTo(shop, 'uncancelled', NO_CANCELLATION);
    await untilState(shop, opened, 'awaiting-dispatch');
    await shop.publish(cancellationOf(orderId));
    await untilState(shop, opened, RETRYING);
    const groupOf = (snapshot: Parameters<typeof known>[0]) =>
      known(snapshot, 'struggles')?.groups.find(({ step }) => step === CANCELS);
    return {
      tells: (snapshot) => {
        const found = groupOf(snapshot);
        return found && `${CANCELS} fails, ${found.mostAttempts} attempts`;
      },
      finding: new RegExp(CANCELS),
      mend: {
        first: 'the carrier works again',
        command: 'sagaline sagas retrying --for 5s',
        run: async () => {
          const { retrying } = await byHand(shop, 'sagas', 'retrying', '--for', '5s');
          const listed = (retrying as { workflowId: string }[]).map(({ workflowId }) => workflowId);
          if (!listed.includes(opened.workflowId))
            throw new Error('`sagas retrying` does not list the order');
          await fetch(`${shop.local.devUrls['providers']}/sandbox/heal`, { method: 'POST' });
        },
        clicks: 'none: it goes on by itself',
      },
      isOver: (snapshot) => known(snapshot, 'struggles') !== undefined && !groupOf(snapshot),
    };
  },
};

const stuck: Incident = {
  name: 'stuck',
  begin: async ({ shop }) => {
    const { opened } = await orderTo(shop, 'stuck', NO_DELIVERY);
    const asks = 'awaiting-decision';
    await untilState(shop, opened, asks);
    const stateIn = (snapshot: Parameters<typeof known>[0]) =>
      known(snapshot, 'sagas')?.states.find(({ state, count }) => state === asks && count > 0);
    return {
      tells: (snapshot) => {
        const found = stateIn(snapshot);
        return found && `${found.count} ${found.workflow} in ${found.state}`;
      },
      finding: new RegExp(asks),
      mend: {
        command: 'sagaline sagas decide',
        run: async () => {
          const reason = ['--reason', 'the carrier says on the phone that it is there'];
          await byHand(shop, 'sagas', 'decide', opened.workflowId, 'done-by-hand', ...reason);
        },
        clicks: async (visitor) => {
          await visitor.follow('/struggling');
          const { path } = await visitor.follow(`/sagas/${opened.workflowId}`);
          const given = { reason: 'the carrier says on the phone that it is there' };
          await visitor.submit(`${path}/decide`, given, 'value="done-by-hand"');
        },
      },
      isOver: (snapshot) => known(snapshot, 'sagas') !== undefined && !stateIn(snapshot),
    };
  },
};

const terminated: Incident = {
  name: 'terminated',
  begin: async ({ shop }) => {
    const { orderId, opened } = await orderTo(shop, 'terminated', NO_DISPATCH);
    await untilState(shop, opened, 'awaiting-dispatch');
    await shop.temporal.workflow.getHandle(opened.workflowId).terminate('by mistake');
    const lostIn = (snapshot: Parameters<typeof known>[0]) =>
      known(snapshot, 'sagas')?.cutShort?.find(({ workflowId }) => workflowId === opened.workflowId);
    return {
      tells: (snapshot) => {
        const found = lostIn(snapshot);
        return found && `${found.workflow} ${found.status}`;
      },
      finding: new RegExp(opened.workflowId),
      mend: {
        command: 'sagaline reconcile --repair',
        run: async () => {
          await byHand(shop, 'reconcile', '--repair', '--order', orderId);
        },
        clicks: 'cannot: reconcile is a command',
      },
      isOver: (snapshot) => known(snapshot, 'sagas')?.cutShort !== undefined && !lostIn(snapshot),
    };
  },
};

export const orderIncidents: readonly Incident[] = [compensationFails, stuck, terminated];
