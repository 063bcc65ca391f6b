// Who has the database's address, or the command line.
import { Client } from 'pg';
import { orderSubmitted } from '../../../../domains/shop/events';
import { shop as domain } from '../../../../domains/shop';
import { newOrderId, orderOf } from '../../../../demo/orders';
import { createStreamReader, DEAD_LETTERS_STREAM } from '../../../../src/adapters/nats';
import { runCli } from '../../../../src/cli';
import type { Environment } from '../../../../src/config';
import { encodeEvent, newEvent } from '../../../../src/contracts';
import { until } from '../../../support/until';
import type { Attack } from '../attack';
import { attempt, outcomeOf } from '../attack';
import type { Target } from '../target';

/** In the name of somebody else. */
const CHIEF = 'the-chief-executive';

async function command({ local }: Target, changes: Environment, ...args: string[]): Promise<number> {
  return runCli(args, {
    domains: [domain],
    environment: { ...local.environment, ...changes },
    user: CHIEF,
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
  const found = await until('it is a dead letter', () => reader.next(`dlq.*.*.${orderId}`, 1));
  return found.sequence;
}

export const people: readonly Attack[] = [
  {
    threat: 'a program of this machine logs in to the database with the password of every local stack',
    control: 'a random password for each secured stack',
    attack: async ({ local }) => {
      const address = new URL(local.config.DATABASE_URL);
      address.password = 'sagaline';
      const client = new Client({ connectionString: address.href });
      const outcome = await attempt(() => client.connect());
      await client.end();
      return outcome;
    },
  },
  {
    threat: 'a program is run by the role of the database: COPY FROM PROGRAM',
    control: 'roles of PostgreSQL that are no superusers',
    attack: async ({ database }) => {
      const client = new Client({ connectionString: database });
      await client.connect();
      try {
        await client.query('create temporary table told (line text)');
        return await attempt(() => client.query(`copy told from program 'true'`));
      } finally {
        await client.end();
      }
    },
  },
  {
    threat: "any name is written into the record of the operators' decisions",
    control: 'the name comes from a token',
    attack: async (target) => {
      const sequence = await deadLetter(target);
      await command(target, {}, 'dead-letters', 'discard', String(sequence), '--why', 'so');
      const records = await target.shop.database.query<{ actor: string }>(
        `select actor from sagaline.audit where action = 'dead-letters.discard' and target = $1`,
        [`dead-letter ${sequence}`],
      );
      if (records.length === 0) throw new Error('the decision is not on record');
      return outcomeOf(records.some(({ actor }) => actor === CHIEF));
    },
  },
  {
    threat: 'an operator decides without a token',
    control: 'a token, wherever keys are configured',
    attack: async (target) => {
      const sequence = await deadLetter(target);
      const without = { SAGALINE_TOKEN_FILE: undefined };
      const args = ['dead-letters', 'discard', String(sequence), '--why', 'so'];
      return outcomeOf((await command(target, without, ...args)) === 0);
    },
  },
];
