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
} from '../contracts';
import { activity } from './activity';
import { doOnce } from './local';
import { insertIntoOutbox } from './outbox';

/** A signal by hand may carry anything; one that is no event must not keep the others from being dead-lettered. */
const event = z.custom<DomainEvent>((given) => typeof given === 'object' && given !== null);
const deadLetterEvents = z.object({
  /** As the signals brought them. */
  events: z.array(event).max(DEAD_LETTERED_AT_ONCE),
  /**
   * `unmatched`: what they belong to never came. `late`: the workflow closes, and has not applied them. `expired`: their time passed
   * before that. `conflict`: they have the identities of other events. `unrelated`: they are about something that the workflow never
   * had. `unconfirmed`: the workflow has asked who would know, and it is not so.
   */
  reason: z.enum(['unmatched', 'late', 'expired', 'conflict', 'unrelated', 'unconfirmed']),
  workflowId: z.string().min(1).max(1_000),
  /** For a person; cut where it is too long. */
  detail: z.string(),
});

/** Events that a workflow has received and will not apply, with the reason. */
export type DeadLetterEvents = z.infer<typeof deadLetterEvents>;

/** Dead letters from workflows: of events that they have received and will never apply. */
export interface DeadLetterStore {
  /** Each event once for its identity, workflow and redrive, however often it is asked. */
  deadLetterEvents(input: DeadLetterEvents): Promise<void>;
}

/**
 * By way of the outbox: the dead letters are safe when this resolves, and in the stream as soon as the relay has sent them.
 *
 * @example
 * const activities = { ...createDeadLetterActivities(database) };
 */
export function createDeadLetterActivities(database: Database) {
  return deadLetterStoreActivities(createPostgresDeadLetterStore(database));
}

/**
 * The activities that write a workflow's dead letters, on a store of your own: for tests.
 *
 * @example
 * deadLetterStoreActivities({ deadLetterEvents: () => Promise.resolve() });
 */
export function deadLetterStoreActivities(deadLetterStore: DeadLetterStore) {
  return { deadLetterEvents: activity(deadLetterEvents, (input) => deadLetterStore.deadLetterEvents(input)) };
}

/** What {@link createDeadLetterActivities} gives a pool. */
export type DeadLetterActivities = ReturnType<typeof createDeadLetterActivities>;

/**
 * Dead letters of workflows, written into the outbox.
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
            source: '/sagaline/dead-letters',
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
 * Identities may be hundreds of characters long, and hold anything. An event that a redrive has brought is dead-lettered by
 * itself: its first dead letter was answered, and the operator must hear of this one.
 */
function deadLetterKey(workflowId: string, given: DomainEvent): string {
  const { source, id, redrive, contentHash } = given;
  const identity = [identityOf({ source: asText(source), id: asText(id) }), redrive, contentHash]
    .filter((part) => part !== undefined)
    .join('\n');
  return `dead-letter:${workflowId}:${createHash('sha256').update(identity).digest('base64url')}`;
}

/** Of a signal by hand, which may have anything in the place of a text. */
function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

/** As the event was published, or where it is none, as it is: a signal by hand may be larger than a dead letter can be. */
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
