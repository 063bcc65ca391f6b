import type { StoredMessage } from '../contracts';
import { DEAD_LETTER_HEADERS, fromHeaderText } from '../contracts';
import type { Reason } from '../contracts';

/** A dead letter with its headers decoded. A field that its writer did not know is absent. */
export interface StoredDeadLetter {
  /** The sequence in the dead-letter stream, by which people refer to the dead letter. */
  readonly sequence: number;
  /**
   * A reason of the closed list; a dead letter of another version may have a reason that this version does not know.
   */
  readonly reason: Reason | (string & {});
  readonly detail: string;
  readonly path?: string | undefined;
  /** The subject that the event was published to. */
  readonly subject: string;
  readonly context: string;
  readonly key: string;
  readonly route?: string | undefined;
  /** Id of the workflow that received the event and did not apply it. */
  readonly workflow?: string | undefined;
  readonly event?:
    | { readonly stream: string; readonly sequence: number; readonly storedAt?: string | undefined }
    | undefined;
  readonly attempts?: number | undefined;
  readonly deadLetteredAt: string;
  /** The event's own headers, and how many had no room in the dead letter. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly omittedHeaders: number;
  readonly body: Uint8Array;
}

export function deadLetterFrom(message: StoredMessage): StoredDeadLetter {
  const raw = (name: keyof typeof DEAD_LETTER_HEADERS) => message.headers[DEAD_LETTER_HEADERS[name]]?.[0];
  const text = (name: keyof typeof DEAD_LETTER_HEADERS) => {
    const value = raw(name);
    return value === undefined ? undefined : fromHeaderText(value);
  };
  const [, reason = '', context = '', key = ''] = message.subject.split('.');
  const stream = text('stream');
  const attempts = raw('attempts');
  return {
    sequence: message.sequence,
    reason: text('reason') ?? reason,
    detail: text('detail') ?? '',
    path: text('path'),
    subject: text('subject') ?? '',
    context,
    key,
    route: text('route'),
    workflow: text('workflow'),
    event:
      stream === undefined
        ? undefined
        : { stream, sequence: Number(raw('sequence')), storedAt: text('storedAt') },
    attempts: attempts === undefined ? undefined : Number(attempts),
    deadLetteredAt: text('deadLetteredAt') ?? message.storedAt.toISOString(),
    headers: originalHeaders(raw('originalHeaders')),
    omittedHeaders: Number(raw('omittedHeaders') ?? 0),
    body: message.body,
  };
}

/**
 * Reads the headers as `src/adapters/nats/dead-letters/dead-letters.ts` has written them. Anything else in their place
 * is not a header.
 */
function originalHeaders(base64 = ''): StoredDeadLetter['headers'] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(base64, 'base64').toString());
  } catch {
    return {};
  }
  if (typeof parsed !== 'object' || parsed === null) return {};
  return Object.fromEntries(
    Object.entries(parsed).filter((entry): entry is [string, string[]] => isListOfTexts(entry[1])),
  );
}

function isListOfTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
