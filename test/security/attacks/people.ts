// Who has the database's address, or the command line.
import { orderSubmitted } from '../../../domains/shop/events';
import { shop as domain } from '../../../domains/shop';
import { newOrderId, orderOf } from '../../../demo/orders';
import { createStreamReader, DEAD_LETTERS_STREAM, OPERATIONS_STREAM } from '../../../src/adapters/nats';
import { runCli } from '../../../src/cli';
import { encodeEvent, newEvent } from '../../../src/contracts';
import { until } from '../../support/until';
import type { Attack } from '../attack';
import { attempt, outcomeOf } from '../attack';
import type { Target } from '../target';

/** In the name of somebody else. */
const CHIEF = 'the-chief-executive';

async function command({ local }: Target, user: string, ...args: string[]): Promise<number> {
  return runCli(args, {
    domains: [domain],
    environment: local.environment,
    user,
    terminal: {
      out: () => undefined,
      error: () => undefined,
      input: () => Promise.resolve(new Uint8Array()),
      file: () => Promise.reject(new Error('there are no files')),
      interrupted: new AbortController().signal,
    },
  });
}

/** Publishes what the bridge dead-letters, and waits until it has. */
async function deadLetter({ shop }: Target): Promise<number> {
  const orderId = newOrderId('broken');
  const event = encodeEvent(newEvent(orderSubmitted, { id: orderId, data: orderOf(orderId) }), {
    source: '/web-shop',
  });
  const body = new TextEncoder().encode(
    new TextDecoder().decode(event.body).replace('"quantity":2', '"quantity":-2'),
  );
  await shop.publish({ ...event, body });
  const reader = await createStreamReader(shop.nats, DEAD_LETTERS_STREAM);
  const found = await until('it is a dead letter', () => reader.next(`dlq.>`, 1));
  return found.sequence;
}

export const people: readonly Attack[] = [
  {
    threat: 'a program is run by the role of the database: COPY FROM PROGRAM',
    control: 'roles of PostgreSQL that are no superusers',
    isOpen: true,
    attack: ({ shop }) =>
      attempt(() =>
        shop.database.transaction(async (tx) => {
          await tx.query('create temporary table told (line text) on commit drop');
          await tx.query(`copy told from program 'true'`);
        }),
      ),
  },
  {
    threat: "any name is written into the record of the operators' decisions",
    control: 'the name comes from a token',
    isOpen: true,
    attack: async (target) => {
      const sequence = await deadLetter(target);
      await command(target, CHIEF, 'dead-letters', 'discard', String(sequence), '--why', 'so');
      const records = await createStreamReader(target.shop.nats, OPERATIONS_STREAM);
      for (let at = 1; ;) {
        const record = await records.next('>', at);
        if (!record) return outcomeOf(false);
        if (new TextDecoder().decode(record.body).includes(CHIEF)) return outcomeOf(true);
        at = record.sequence + 1;
      }
    },
  },
];
