/** All messages of the event stream, and all dead letters. */
import type { NatsConnection } from 'nats';
import {
  createStreamReader,
  DEAD_LETTER_HEADERS,
  DEAD_LETTERS_STREAM,
  EVENTS_STREAM,
} from '../../../src/adapters/nats';
import { routesFor } from '../../../src/bridge/bridge';
import type { Catalogue, StoredMessage } from '../../../src/contracts';
import { decodePublished, identityOf, originalSubject, workflowIdOf } from '../../../src/contracts';
import type { StoredDeadLetter, StreamEvent } from './types';

export async function readEvents(nats: NatsConnection, catalogue: Catalogue): Promise<StreamEvent[]> {
  return (await readAll(nats, EVENTS_STREAM)).map((message) => streamEvent(message, catalogue));
}

function streamEvent(message: StoredMessage, catalogue: Catalogue): StreamEvent {
  const { sequence, headers } = message;
  const subject = originalSubject(message.subject);
  const decoding = decodePublished({ ...message, subject }, catalogue);
  if (!decoding.ok) return { sequence, subject };
  const { event } = decoding;
  const routing = routesFor(event, headers, catalogue);
  if (!routing.ok) return { sequence, subject };
  const workflowIds = routing.routes
    // A route that discards what comes after the end owes an event to nobody: money shows what it has missed.
    .filter((route) => !route.batch && !('onClosed' in route && route.onClosed === 'discard'))
    .map(({ workflow }) => workflowIdOf(workflow, event.key));
  const { type, key } = event;
  return {
    sequence,
    subject,
    event: { identity: identityOf(event), type, key, data: event.data as object, workflowIds },
  };
}

export async function readDeadLetters(nats: NatsConnection): Promise<StoredDeadLetter[]> {
  return (await readAll(nats, DEAD_LETTERS_STREAM)).map(({ headers, body }) => {
    const header = (name: keyof typeof DEAD_LETTER_HEADERS) => headers[DEAD_LETTER_HEADERS[name]]?.[0];
    const [sequence, workflowId, identity] = [header('sequence'), header('workflow'), identityIn(body)];
    return {
      reason: header('reason') ?? '',
      ...(identity !== undefined && { identity }),
      ...(sequence !== undefined && { sequence: Number(sequence) }),
      ...(workflowId !== undefined && { workflowId }),
    };
  });
}

function identityIn(body: Uint8Array): string | undefined {
  try {
    const { source, id } = JSON.parse(new TextDecoder().decode(body)) as { source?: unknown; id?: unknown };
    return typeof source === 'string' && typeof id === 'string' ? identityOf({ source, id }) : undefined;
  } catch {
    return undefined;
  }
}

/** So many messages are asked for at once. */
const AT_ONCE = 20;

/** Without a consumer: nobody's place in the stream moves. */
async function readAll(nats: NatsConnection, stream: string): Promise<StoredMessage[]> {
  const reader = await createStreamReader(nats, stream);
  const { first, last } = await reader.bounds();
  const messages: StoredMessage[] = [];
  for (let from = first; from <= last; from += AT_ONCE) {
    const sequences = Array.from({ length: Math.min(AT_ONCE, last - from + 1) }, (_, index) => from + index);
    const found = await Promise.all(sequences.map((sequence) => reader.next('>', sequence)));
    // Where one is missing, the answer is the next one.
    for (const [index, message] of found.entries()) {
      if (message !== undefined && message.sequence === sequences[index]) messages.push(message);
    }
  }
  return messages;
}
