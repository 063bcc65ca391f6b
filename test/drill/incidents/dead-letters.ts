/** Events that cannot be applied: one that is late, one that is malformed. */
import { deliveryOf, malformedOf, newOrderId, orderOf, submissionOf } from '../../../demo/orders';
import { endOf, openedOrder } from '../../../demo/shop';
import type { SystemSnapshot } from '../../../src/observability';
import type { Visited, Visitor } from '../../support/console-visitor';
import { unescaped } from '../../support/console-visitor';
import type { Begun, Incident } from '../incident';
import { known } from '../incident';
import type { Stage } from '../stage';
import { byHand } from './by-hand';

const late: Incident = {
  name: 'late event',
  begin: async (stage) => {
    const { shop } = stage;
    const orderId = newOrderId('late');
    await shop.publish(submissionOf(orderOf(orderId)));
    await endOf(shop, await openedOrder(shop, orderId));
    await shop.publish(deliveryOf(orderId));
    return deadLetterOf('late', {
      command: 'sagaline dead-letters discard',
      run: async () => {
        const number = await numberOf(stage, 'late', orderId);
        await byHand(shop, 'dead-letters', 'discard', number, '--why', 'the carrier has reported it twice');
      },
      clicks: async (visitor) => {
        const { path } = await shownBy(visitor, orderId);
        await visitor.submit(`${path}/discard`, { why: 'the carrier has reported it twice' });
      },
    });
  },
};

const malformed: Incident = {
  name: 'malformed event',
  begin: async (stage) => {
    const { shop } = stage;
    const orderId = newOrderId('malformed');
    await shop.publish(malformedOf(orderOf(orderId)));
    return deadLetterOf('invalid-data', {
      command: 'sagaline dead-letters edit, redrive',
      run: async () => {
        const number = await numberOf(stage, 'invalid-data', orderId);
        const edit = ['--set', 'data.lines[0].quantity=2', '--why', 'the shop has sent a minus'];
        await byHand(shop, 'dead-letters', 'edit', number, ...edit);
        await byHand(shop, 'dead-letters', 'redrive', number);
      },
      clicks: async (visitor) => {
        const why = 'the shop has sent a minus';
        const { path } = await shownBy(visitor, orderId);
        const { body } = await visitor.submit(`${path}/reveal`, { why });
        const [, text = ''] = /<textarea[^>]*>\s*([^<]*)</.exec(body) ?? [];
        const event = unescaped(text).replace('"quantity": -2', '"quantity": 2');
        await visitor.submit(`${path}/edit`, { body: event, why });
        await visitor.submit(`${path}/redrive`, { why });
      },
    });
  },
};

function deadLetterOf(reason: string, mend: Begun['mend']): Begun {
  const found = (snapshot: SystemSnapshot) =>
    known(snapshot, 'deadLetters')?.reasons.find((each) => each.reason === reason);
  return {
    tells: (snapshot) => {
      const dead = found(snapshot);
      return dead && `${dead.count} ${dead.reason} of ${dead.context}`;
    },
    finding: new RegExp(`^\\d+ ${reason} of `),
    mend,
    isOver: (snapshot) => known(snapshot, 'deadLetters') !== undefined && !found(snapshot),
  };
}

/** From the overview to the list, and to the one of this order. */
async function shownBy(visitor: Visitor, orderId: string): Promise<Visited> {
  const { body } = await visitor.follow('/dead-letters');
  const row = body.split('<tr>').find((each) => each.includes(`<td>${orderId}</td>`)) ?? '';
  return visitor.follow(/href="([^"]+)"/.exec(row)?.[1] ?? `a dead letter of ${orderId}`);
}

/** As a person finds it: `dead-letters list`. */
async function numberOf({ shop }: Stage, reason: string, orderId: string): Promise<string> {
  const answer = await byHand(shop, 'dead-letters', 'list', '--reason', reason);
  const all = (answer['deadLetters'] ?? []) as { sequence: number; key: string }[];
  const found = all.find(({ key }) => key === orderId);
  if (!found) throw new Error(`no dead letter ${reason} of ${orderId}`);
  return String(found.sequence);
}

export const deadLetterIncidents: readonly Incident[] = [late, malformed];
