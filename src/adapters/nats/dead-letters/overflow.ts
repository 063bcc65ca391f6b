import { createHash } from 'node:crypto';
import type { JetStreamManager, NatsConnection } from 'nats';
import { headers } from 'nats';
import { z } from 'zod';
import type { DeadLetter, DeadLetters } from '../../../delivery';
import type { Log, StoredMessage } from '../../../contracts';
import { REASONS, storableText } from '../../../contracts';
import { natsIsUp } from '../connection/connect';
import { publishConfirmed } from '../publish/publish';
import { createStreamReader } from '../read/read';
import { OVERFLOW_STREAM } from '../streams/streams';

/** After one dead letter was parked, the next ones are parked at once for this time, without a try. */
const PARK_AT_ONCE_MS = 5_000;
/** The longest text in a note, in characters. */
const MAX_TEXT = 1_024;
/** Finds the sequence of the event in the subject of a note. */
const WANTED = /^parked\.(\d+)\./;

const text = z.string().max(MAX_TEXT);
const note = z.object({
  subject: text,
  sequence: z.int(),
  deliveryCount: z.int(),
  storedAt: z.coerce.date(),
  route: text.optional(),
  reason: z.enum(Object.keys(REASONS) as [keyof typeof REASONS]),
  detail: z.string(),
  path: text.optional(),
});

/** A parked dead letter: all of it except the event, which is still in the event stream. */
export type ParkedDeadLetter = z.infer<typeof note> & { readonly note: number };

/**
 * Publishes dead letters, and parks them if their stream is full or missing: as a note of some hundred bytes in a
 * stream of its own. The event stays in the event stream; `startUnparking` takes it from there when there is room
 * again.
 */
export function withOverflow(
  connection: NatsConnection,
  deadLetters: DeadLetters,
  { log, now = Date.now }: { readonly log: Log; readonly now?: () => number },
): DeadLetters {
  let parkUntil = 0;
  return {
    publish: async (deadLetter) => {
      if (now() < parkUntil) return park(connection, deadLetter);
      try {
        await deadLetters.publish(deadLetter);
      } catch (error) {
        if (!(await natsIsUp(connection))) throw error;
        await park(connection, deadLetter);
        log.error(
          { err: error, ...deadLetter.rejection },
          'dead letters are parked: their stream does not take them',
        );
        parkUntil = now() + PARK_AT_ONCE_MS;
      }
    },
  };
}

async function park(connection: NatsConnection, { delivery, rejection, route }: DeadLetter): Promise<void> {
  const { subject, sequence, deliveryCount, storedAt } = delivery;
  const short = (given: string) => storableText(given, MAX_TEXT);
  const content: z.input<typeof note> = {
    ...{ subject: short(subject), sequence, deliveryCount, storedAt },
    ...(route !== undefined && { route: short(route) }),
    ...{ reason: rejection.reason, detail: short(rejection.detail) },
    ...(rejection.path !== undefined && { path: short(rejection.path) }),
  };
  const routeToken = createHash('sha256')
    .update(route ?? '')
    .digest('hex')
    .slice(0, 16);
  await publishConfirmed(connection.jetstream(), {
    subject: `parked.${sequence}.${routeToken}`,
    body: new TextEncoder().encode(JSON.stringify(content)),
    headers: headers(),
    messageId: `parked.${sequence}.${routeToken}`,
  });
}

/** The parked dead letters in order, from a sequence of the overflow stream on. */
export async function parkedDeadLetters(
  connection: NatsConnection,
  { from = 1, limit }: { readonly from?: number; readonly limit: number },
): Promise<ParkedDeadLetter[]> {
  const reader = await createStreamReader(connection, OVERFLOW_STREAM);
  const found: ParkedDeadLetter[] = [];
  for (let next = from; found.length < limit;) {
    const message = await reader.next('>', next);
    if (!message) break;
    next = message.sequence + 1;
    const parsed = noteIn(message);
    if (parsed) found.push({ ...parsed, note: message.sequence });
  }
  return found;
}

function noteIn({ body }: StoredMessage): z.infer<typeof note> | undefined {
  try {
    return note.parse(JSON.parse(new TextDecoder().decode(body)));
  } catch {
    // Another client published this message: there is nothing to dead-letter.
    return undefined;
  }
}

/** The sequence of the first event that a parked dead letter still needs; `undefined` if none is parked. */
export async function firstParked(manager: JetStreamManager): Promise<number | undefined> {
  const { state } = await manager.streams.info(OVERFLOW_STREAM, { subjects_filter: '>' });
  const sequences = Object.keys(state.subjects ?? {}).flatMap((subject) => {
    const sequence = WANTED.exec(subject)?.[1];
    return sequence === undefined ? [] : [Number(sequence)];
  });
  return sequences.length === 0 ? undefined : sequences.reduce((one, other) => Math.min(one, other));
}
