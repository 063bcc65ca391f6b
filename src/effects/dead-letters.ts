import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Database } from '../adapters/postgres';
import type { DomainEvent } from '../contracts';
import {
  DEAD_LETTERED_AT_ONCE,
  deadLetterHeaders,
  deadLetterSubject,
  identityOf,
  MAX_EVENT_BYTES,
  outgoing,
  WORKFLOW_DEAD_LETTERS,
  WORKFLOW_REASONS,
} from '../contracts';
import { activity } from './activity';
import { doOnce } from './local';
import { insertIntoOutbox } from './outbox';

/**
 * A person may send anything as a signal. A signal that is not an event must not keep the others from being
 * dead-lettered.
 */
const event = z.custom<DomainEvent>((given) => typeof given === 'object' && given !== null);
const deadLetterEvents = z.object({
  /** The events, as the signals brought them. */
  events: z.array(event).max(DEAD_LETTERED_AT_ONCE),
  /**
   * `unmatched`: what they belong to never came. `late`: the workflow closes, and has not applied them. `expired`:
   * their expiry time passed before that. `conflict`: they have the identities of other events. `unrelated`: they are
   * about something that the workflow never had. `unconfirmed`: the workflow has asked the system that would know,
   * which did not confirm them.
   */
  reason: z.enum(WORKFLOW_REASONS),
  workflowId: z.string().min(1).max(1_000),
  /** An explanation for people; cut if it is too long. */
  detail: z.string(),
});

/** Events that a workflow has received and will not apply, with the reason. */
export type DeadLetterEvents = z.infer<typeof deadLetterEvents>;

/** Stores the events that workflows have received and will never apply. */
export interface DeadLetterStore {
  /** Stores each event once for its identity, content, workflow and redrive, however often it is called. */
  deadLetterEvents(input: DeadLetterEvents): Promise<void>;
}

/**
 * Makes the activities that write a workflow's dead letters into the outbox: the dead letters are safe when a call
 * resolves, and in the stream as soon as the relay has sent them.
 *
 * @example
 * const activities = { ...createDeadLetterActivities(database) };
 */
export function createDeadLetterActivities(database: Database) {
  return deadLetterStoreActivities(createPostgresDeadLetterStore(database));
}

/**
 * Makes the activities that write a workflow's dead letters on a store of your own, for tests.
 *
 * @example
 * deadLetterStoreActivities({ deadLetterEvents: () => Promise.resolve() });
 */
export function deadLetterStoreActivities(deadLetterStore: DeadLetterStore) {
  return { deadLetterEvents: activity(deadLetterEvents, (input) => deadLetterStore.deadLetterEvents(input)) };
}

/** The activities that {@link createDeadLetterActivities} makes. */
export type DeadLetterActivities = ReturnType<typeof createDeadLetterActivities>;

/**
 * Makes a store that writes the dead letters of workflows into the outbox.
 *
 * @example
 * const deadLetterStore = createPostgresDeadLetterStore(database);
 */
export function createPostgresDeadLetterStore(database: Database): DeadLetterStore {
  return {
    deadLetterEvents: async ({ events, reason, workflowId, detail }) => {
      for (const given of events) {
        const key = deadLetterKey(workflowId, given);
        await doOnce(database, key, async (tx) => {
          const { subject, body, cut } = encoded(given);
          const rejection = { reason, detail: cut === undefined ? detail : `${cut}; ${detail}` };
          await insertIntoOutbox(tx, {
            entity: `dead-letters/${workflowId}`,
            id: key,
            source: WORKFLOW_DEAD_LETTERS,
            subject: deadLetterSubject({ rejection, subject }),
            body,
            headers: deadLetterHeaders({
              rejection,
              subject,
              workflow: workflowId,
              deadLetteredAt: new Date(),
            }),
          });
        });
      }
    },
  };
}

/**
 * The key of an event's dead letter. It has a hash, because an identity may be hundreds of characters long and contain
 * anything. An event from a redrive gets a dead letter of its own: its first dead letter was redriven, and the operator
 * must see that this one is open.
 */
function deadLetterKey(workflowId: string, given: DomainEvent): string {
  const { source, id, redrive, contentHash } = given;
  const identity = [identityOf({ source: asText(source), id: asText(id) }), redrive, contentHash]
    .filter((part) => part !== undefined)
    .join('\n');
  return `dead-letter:${workflowId}:${createHash('sha256').update(identity).digest('base64url')}`;
}

/** A field as text. A signal sent by hand may have any value in it. */
function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

/**
 * Encodes the event as it was published. If it is not an event, its JSON is kept, cut to the size that a dead letter
 * can have: a signal sent by hand may be larger.
 */
function encoded(given: DomainEvent): { subject: string; body: Uint8Array; cut?: string } {
  try {
    return outgoing(given);
  } catch {
    const body = new TextEncoder().encode(JSON.stringify(given));
    const kept = { subject: 'unknown', body: body.subarray(0, MAX_EVENT_BYTES) };
    return body.byteLength <= MAX_EVENT_BYTES
      ? kept
      : { ...kept, cut: `cut, it had ${body.byteLength} bytes` };
  }
}
