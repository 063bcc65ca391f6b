import type { Transaction } from '../adapters/postgres';
import type { EventContract, OutgoingEvent } from '../contracts';
import { encodeEvent } from '../contracts';

/** The relay listens on this channel, so that an event does not wait for its next look. */
export const OUTBOX_CHANNEL = 'sagaline_outbox';

export interface OutboxEvent<Data> {
  /** Key of the step that the event tells of: the event's id is made of it, so that a repeat is the same event. */
  readonly key: string;
  /** The context that says so, for example `inventory`; part of the event's source. */
  readonly context: string;
  readonly contract: EventContract<string, Data>;
  readonly data: Data;
}

/**
 * Writes an event into the outbox, in the transaction of its effect and under the row lock of the entity that it is
 * about (`<context>/<correlation key>`): that lock is what makes the order of ids the order of events.
 *
 * @throws InvalidEventError where the data does not fit the contract
 */
export async function writeOutbox<Data>(tx: Transaction, event: OutboxEvent<Data>): Promise<void> {
  const { key, context, contract, data } = event;
  const source = `/sagaline/${context}`;
  const id = `${key}:${contract.type.split('.').at(-2) ?? ''}`;
  const { subject, body } = encodeEvent({ contract, id, time: new Date().toISOString(), data }, { source });
  await insertIntoOutbox(tx, { entity: `${context}/${contract.key(data)}`, id, source, subject, body });
}

interface OutboxRow extends OutgoingEvent {
  readonly entity: string;
  /** Exactly these, where they are not those of an event. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The relay makes the message id of `source` and `id`: the same pair is the same message. */
export async function insertIntoOutbox(tx: Transaction, row: OutboxRow): Promise<void> {
  const { entity, id, source, subject, body, headers } = row;
  await tx.query(
    `insert into sagaline.outbox (entity, event_id, source, subject, body, headers)
     values ($1, $2, $3, $4, $5, $6)`,
    [entity, id, source, subject, body, headers ? JSON.stringify(headers) : null],
  );
  await tx.query('select pg_notify($1, $2)', [OUTBOX_CHANNEL, '']);
}
