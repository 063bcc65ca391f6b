import { randomUUID } from 'node:crypto';
import type { JetStreamClient } from 'nats';
import { headers, NatsError } from 'nats';
import type { PublishedMessage } from '../../../contracts';
import type { AppendOperation, Republish } from '../../../dead-letters';
import { NotPublishedError } from './not-published';
import { publishConfirmed } from './publish';

/** JetStream's error codes for `Nats-Expected-Last-Subject-Sequence`: another message is the last one. */
const WRONG_LAST_SEQUENCE: ReadonlySet<number> = new Set([10_071, 10_164]);

/** Appends to a subject of the operations; resolves to false if somebody else has appended meanwhile. */
export function createOperationLog(jetstream: JetStreamClient): AppendOperation {
  return async (subject, body, expectedLast) => {
    try {
      await publishConfirmed(jetstream, {
        subject,
        body,
        headers: headers(),
        messageId: randomUUID(),
        expectedLast,
      });
      return true;
    } catch (error) {
      if (isConflict(error)) return false;
      throw error;
    }
  };
}

export function isConflict(error: unknown): boolean {
  const cause = error instanceof NotPublishedError ? error.cause : undefined;
  return cause instanceof NatsError && WRONG_LAST_SEQUENCE.has(cause.api_error?.err_code ?? 0);
}

/** Publishes an event again, under a new message id: under the old one it would be dropped as a duplicate. */
export function createRepublisher(jetstream: JetStreamClient): Republish {
  return (message, messageId) =>
    publishConfirmed(jetstream, { ...message, headers: headersFrom(message), messageId });
}

/** Leaves out names and values that the client cannot send; Sagaline reads none of them. */
function headersFrom(message: PublishedMessage) {
  const head = headers();
  for (const [name, values] of Object.entries(message.headers)) {
    for (const value of values) {
      try {
        head.append(name, value);
      } catch {
        // A foreign header; the dead letter still has it.
      }
    }
  }
  return head;
}
