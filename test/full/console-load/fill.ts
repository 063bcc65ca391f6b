/** What a large system has: dead letters, open workflows, records of the audit, and texts that attack the page that shows them. */
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { NatsConnection } from 'nats';
import { orderSubmitted } from '../../../domains/shop/events';
import { order } from '../../../domains/shop/workflows';
import {
  connectNats,
  createDeadLetters,
  createOperationLog,
  createStreamReader,
  DEAD_LETTERS_STREAM,
  OPERATIONS_STREAM,
} from '../../../src/adapters/nats';
import type { Database } from '../../../src/adapters/postgres';
import { CORRELATION_ID, encodeEvent, SAGA_STATE, workflowIdOf } from '../../../src/contracts';
import type { Reason } from '../../../src/contracts';
import { discardDeadLetter } from '../../../src/dead-letters';
import type { ShopProcesses } from '../../shop/support/shop-processes';
import { silentLog } from '../../support/log';
import { HOSTILE } from '../../support/troubled-system';

const AT_ONCE = 100;
/** One statement of PostgreSQL takes five seconds at most. */
const AUDIT_AT_ONCE = 10_000;
const AUDITED = 200_000;
/** Nobody runs these workflows: what an operator sees of them is the same. */
const NOBODY = 'nobody';
const REASONS: readonly Reason[] = ['invalid-data', 'late', 'unmatched', 'unknown-type', 'expired'];
/** A message of 1 MiB, with room for envelope and headers: the largest that NATS takes. Each character is escaped in a page. */
const LARGE_TEXT = 1_000_000;

export const LARGE_KEY = 'large';
export const HOSTILE_KEY = 'hostile';
export const PLAIN_KEY = 'plain-7';

/** Runs `make` for each number below `count`, some at once. */
async function each(count: number, make: (index: number) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < count; from += AT_ONCE) {
    const some = Math.min(AT_ONCE, count - from);
    await Promise.all(Array.from({ length: some }, (_, ahead) => make(from + ahead)));
  }
}

interface Rejected {
  readonly key: string;
  readonly reason: Reason;
  readonly detail: string;
  /** A text that the contract does not know. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, readonly string[]>>;
}

/** Dead letters as the bridge stores them. The last but one is large, the last one hostile. */
async function fillDeadLetters(connection: NatsConnection, count: number) {
  const deadLetters = createDeadLetters(connection.jetstream(), () => new Date());
  const put = ({ key, reason, detail, text, headers = {} }: Rejected, index: number) => {
    const data = { ...orderSubmitted.example, orderId: key };
    const { subject, body } = encodeEvent(
      { id: randomUUID(), contract: orderSubmitted, data },
      { source: '/web-shop' },
    );
    const event = JSON.parse(Buffer.from(body).toString()) as { data: Record<string, unknown> };
    if (text !== undefined) Object.assign(event.data, { note: text, [text.slice(0, 60)]: text.slice(0, 60) });
    return deadLetters.publish({
      delivery: {
        ...{ stream: 'EVENTS', sequence: index + 1, subject, storedAt: new Date(), deliveryCount: 1 },
        headers: { 'Content-Type': ['application/cloudevents+json'], ...headers },
        body: Buffer.from(JSON.stringify(event)),
      },
      rejection: { reason, detail, path: 'data.note' },
    });
  };
  await each(count - 2, (index) => {
    const reason = REASONS[index % REASONS.length] ?? 'late';
    return put({ key: `plain-${index}`, reason, detail: `number ${index} is not as it should be` }, index);
  });
  await put(
    { key: LARGE_KEY, reason: 'invalid-data', detail: 'too long', text: '<'.repeat(LARGE_TEXT) },
    count - 2,
  );
  const headers = { [HOSTILE.slice(0, 20)]: [HOSTILE] };
  const hostile = {
    key: HOSTILE_KEY,
    reason: 'invalid-data',
    detail: HOSTILE,
    text: HOSTILE,
    headers,
  } as const;
  await put(hostile, count - 1);
}

/** Somebody has discarded these: the list of open ones passes over them. */
async function discard(connection: NatsConnection, from: number, count: number): Promise<void> {
  const parts = {
    deadLetters: await createStreamReader(connection, DEAD_LETTERS_STREAM),
    operations: await createStreamReader(connection, OPERATIONS_STREAM),
    append: createOperationLog(connection.jetstream()),
    clock: () => new Date(),
  };
  await each(count, (index) => discardDeadLetter(parts, from + index, { by: HOSTILE, why: HOSTILE }));
}

/** Of a hundred open orders, how many are in which state. */
const STATES = [
  ...[...Array<string>(75).fill('awaiting-delivery'), ...Array<string>(20).fill('awaiting-dispatch')],
  ...['placing', 'placing', 'compensating', 'compensating', 'awaiting-decision'],
];

async function fillWorkflows(client: Client, count: number): Promise<void> {
  await each(count, (index) =>
    start(client, { key: `plain-${index}`, state: STATES[index % STATES.length] ?? '' }),
  );
  await start(client, { key: LARGE_KEY, state: 'awaiting-delivery' });
  const large = client.workflow.getHandle(workflowIdOf(order, LARGE_KEY));
  await large.signal(orderSubmitted.type, { source: '/web-shop', id: 'large', text: '<'.repeat(LARGE_TEXT) });
  await start(client, { key: HOSTILE, state: HOSTILE, id: `${order.name}-${HOSTILE_KEY}`, text: HOSTILE });
  const hostile = client.workflow.getHandle(workflowIdOf(order, HOSTILE_KEY));
  await hostile.signal(HOSTILE, { source: HOSTILE, id: HOSTILE });
  await hostile.signal(orderSubmitted.type, { source: HOSTILE, id: HOSTILE });
  await start(client, { key: 'of-another-type', state: HOSTILE, type: HOSTILE, id: `hostile-type` });
}

interface Started {
  readonly key: string;
  readonly state: string;
  readonly id?: string;
  readonly type?: string;
  readonly text?: string;
}

function start(
  client: Client,
  { key, state, id = workflowIdOf(order, key), type = order.name, text = '' }: Started,
) {
  return client.workflow.start(type, {
    ...{ workflowId: id, taskQueue: NOBODY, args: [] },
    ...(text !== '' && { staticSummary: text, staticDetails: text, memo: { text } }),
    typedSearchAttributes: [
      { key: CORRELATION_ID, value: key },
      { key: SAGA_STATE, value: state },
    ],
  });
}

/** Records of an audit that is years old. Their hashes are not those of a chain: nobody verifies it here. */
async function fillAudit(database: Database, count: number): Promise<void> {
  await database.query('alter table sagaline.audit disable trigger audit_append');
  for (let from = 1; from <= count; from += AUDIT_AT_ONCE)
    await database.query(
      `insert into sagaline.audit
         (sequence, recorded_at, role, actor, verified, kind, action, target, details, previous_hash, hash)
       select n, now(), 'postgres', case n % 7 when 0 then $3 else 'ada' end, true, 'change', 'dead-letters.redrive',
         case n % 7 when 0 then $3 else 'dead-letter ' || n end, json_build_object('reason', $3::text)::text,
         repeat('0', 64), repeat('0', 64)
       from generate_series($1::int, $2::int) n`,
      [from, Math.min(count, from + AUDIT_AT_ONCE - 1), HOSTILE],
    );
  await database.query('alter table sagaline.audit enable trigger audit_append');
}

/** Fills a system on which nobody works. The newest dead letters are open, and those before them are discarded. */
export async function fill(
  { settings, temporal, database }: Pick<ShopProcesses, 'settings' | 'temporal' | 'database'>,
  { workflows, deadLetters, say }: { workflows: number; deadLetters: number; say: (line: string) => void },
): Promise<void> {
  const nats = await connectNats({
    url: `nats://127.0.0.1:${settings['NATS_PORT']}`,
    name: 'fill',
    log: silentLog,
  });
  const timed = async (what: string, make: () => Promise<unknown>) => {
    const since = performance.now();
    await make();
    say(`  ${what} after ${((performance.now() - since) / 1_000).toFixed(0)} s`);
  };
  try {
    await timed(`${deadLetters} dead letters`, () => fillDeadLetters(nats, deadLetters));
    await timed('3,000 of them discarded', () => discard(nats, deadLetters - 3_500, 3_000));
    await timed(`${AUDITED} records in the audit`, () => fillAudit(database, AUDITED));
    await timed(`${workflows} open workflows`, () => fillWorkflows(temporal, workflows));
  } finally {
    await nats.close();
  }
}
