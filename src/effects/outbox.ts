import type { Transaction } from '../adapters/postgres';
import type { EventContract, OutgoingEvent, Seal } from '../contracts';
import {
  encodeSealed,
  internalSource,
  InvalidEventError,
  MAX_EVENT_BYTES,
  originProblem,
} from '../contracts';
import type { PersonalData } from '../security/personal';
import { causeOfStep } from './cause';

/** The relay listens on this channel, so that an event does not wait until the relay polls again. */
export const OUTBOX_CHANNEL = 'sagaline_outbox';
/** The first number of PostgreSQL's advisory locks with two numbers; the second one is a hash of the entity. */
const ENTITY_LOCKS = 524_197_336;
/** An event may have grown with its envelope since it came; the dead-letter stream takes messages of a megabyte. */
const MAX_DEAD_LETTER_BYTES = 2 * MAX_EVENT_BYTES;

/** An event that is written into the outbox. */
export interface OutboxEvent<Data> {
  /** Key of the step that the event reports. The event's id is made of it, so that a repeat is the same event. */
  readonly key: string;
  /** The context that publishes the event, for example `inventory`; part of the event's source. */
  readonly context: string;
  readonly contract: EventContract<string, Data>;
  readonly data: Data;
  /** The pool's own, which encrypts personal fields: needed for a contract that marks some. */
  readonly personal?: Pick<PersonalData, 'seal'>;
}

/**
 * Thrown if a step writes an event that no consumer would ever take, because it is not the project's own, breaks its
 * contract, or is too large. This
 * is a defect of the step; its transaction is rolled back.
 */
export class UnpublishableEventError extends Error {
  override readonly name = 'UnpublishableEventError';
  constructor(
    readonly subject: string,
    readonly detail: string,
    options?: ErrorOptions,
  ) {
    super(`the event ${subject} could never be published: ${detail}`, options);
  }
}

/**
 * Writes an event into the outbox, in the transaction of its effect. It carries the id and the trace context of the
 * event that the step follows from. A step may write several events, also several of one fact: the second one gets the
 * id `<key>:<fact>:2`.
 *
 * @throws UnpublishableEventError if the event is not internal, breaks its contract, or is too large
 *
 * @example
 * await writeOutbox(tx, {
 *   key: 'dev-1:openAlert:0',
 *   context: 'devices',
 *   contract: alertRaised,
 *   data: { deviceId: 'dev-1' },
 * });
 */
export async function writeOutbox<Data>(tx: Transaction, event: OutboxEvent<Data>): Promise<void> {
  const { key, context, contract, data } = event;
  const source = internalSource(context);
  const fact = contract.type.split('.').at(-2) ?? '';
  const id = numbered(tx, source, `${key}:${fact}`);
  const draft = { contract, id, time: new Date().toISOString(), data };
  const { subject, body } = await encoded(draft, source, sealIn(tx, event));
  await insertIntoOutbox(tx, { entity: `${context}/${contract.key(data)}`, id, source, subject, body });
}

/**
 * How often a transaction has written each id. A repeat of the transaction counts from the beginning, and makes the
 * same ids.
 */
const written = new WeakMap<Transaction, Map<string, number>>();

function numbered(tx: Transaction, source: string, id: string): string {
  const counts = written.get(tx) ?? new Map<string, number>();
  written.set(tx, counts);
  const identity = `${source}\n${id}`;
  const count = (counts.get(identity) ?? 0) + 1;
  counts.set(identity, count);
  return count === 1 ? id : `${id}:${count}`;
}

/** The key is looked up within the transaction: a second connection for it could be waited for in a circle. */
function sealIn<Of>(tx: Transaction, { personal, contract }: OutboxEvent<Of>): Seal {
  if (personal) return (of, data) => personal.seal(of, data, tx);
  if (contract.subject === undefined) return (_, data) => Promise.resolve(data);
  throw new UnpublishableEventError(
    contract.type,
    'it has personal fields; give `personal` of the pool with it, which encrypts them',
  );
}

async function encoded<Data>(
  event: { contract: EventContract<string, Data>; id: string; time: string; data: Data },
  source: string,
  seal: Seal,
): Promise<OutgoingEvent> {
  const forbidden = originProblem({ source }, event.contract);
  if (forbidden) throw new UnpublishableEventError(event.contract.type, forbidden.detail);
  try {
    return await encodeSealed(event, { source, ...causeOfStep() }, seal);
  } catch (error) {
    if (!(error instanceof InvalidEventError)) throw error;
    const where = error.path === undefined ? '' : `${error.path}: `;
    throw new UnpublishableEventError(event.contract.type, `${where}${error.detail}`, { cause: error });
  }
}

/**
 * The part of a transaction that the outbox uses: the engine's transactions have it, and a client of `pg` within a
 * transaction.
 */
export interface Statements {
  query(text: string, values: unknown[]): Promise<unknown>;
}

interface OutboxRow extends OutgoingEvent {
  /** Rows of one entity are published in the order in which their transactions commit. */
  readonly entity: string;
  /** The exact headers of the message, if they are not those of an event. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Inserts a row. The relay makes the message id of `source` and `id`: the same pair is the same message. The lock is
 * held until the transaction ends: another transaction that writes a row of the same entity waits, and gets a later row
 * number.
 *
 * @throws UnpublishableEventError if the body is too large
 */
export async function insertIntoOutbox(tx: Statements, row: OutboxRow): Promise<void> {
  const { entity, id, source, subject, body, headers } = row;
  checkSize(row);
  await tx.query('select pg_advisory_xact_lock($1::int, hashtext($2)), pg_notify($3, $4)', [
    ENTITY_LOCKS,
    entity,
    OUTBOX_CHANNEL,
    '',
  ]);
  await tx.query(
    `insert into sagaline.outbox (entity, event_id, source, subject, body, headers)
     values ($1, $2, $3, $4, $5, $6)`,
    [entity, id, source, subject, body, headers ? JSON.stringify(headers) : null],
  );
}

function checkSize({ subject, body, headers }: OutboxRow): void {
  const most = headers ? MAX_DEAD_LETTER_BYTES : MAX_EVENT_BYTES;
  if (body.byteLength <= most) return;
  throw new UnpublishableEventError(subject, `it has ${body.byteLength} bytes, at most ${most} are allowed`);
}
