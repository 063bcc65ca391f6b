import type { EventType } from './event-type';
import { parseEventType } from './event-type';

/**
 * Subjects: an event of type `<prefix>.<context>.<fact>.v<major>` with correlation key K is published to
 * `evt.<context>.<fact>.v<major>.<K>` and stored as `p.<partition>.<context>.<fact>.v<major>.<K>`.
 */
export const EVENT_SUBJECTS = 'evt.*.*.*.*';
export const DEAD_LETTER_SUBJECTS = 'dlq.*.*.*';
/** `parked.<sequence of the event>.<route>`: a dead letter that waits until its stream has room. */
export const OVERFLOW_SUBJECTS = 'parked.*.*';
/** Operations that people have run: `ops.dead-letters.<sequence of the dead letter>`. */
export const OPERATION_SUBJECTS = 'ops.*.*';

/**
 * The number must not change once the stream exists: another number would move keys between partitions and lose their
 * order.
 */
export const PARTITIONS = 64;

const EVENT_TOKENS = 5;
/** `p.<partition>` replaces `evt`. */
const PARTITION_TOKENS = 2;

export function subjectOf(type: EventType, key: string): string {
  return `evt.${type.context}.${type.fact}.v${type.major}.${key}`;
}

/** The subjects of one event type, without the key. Two domains must not claim the same. */
export function subjectSpaceOf(type: string): string {
  const parsed = parseEventType(type);
  if (!parsed)
    throw new TypeError(`"${type}" is not an event type of the form <prefix>.<context>.<fact>.v<major>`);
  return `evt.${parsed.context}.${parsed.fact}.v${parsed.major}`;
}

/** The subject that an event was published to, from the one under which the stream stores it. */
export function originalSubject(stored: string): string {
  const tokens = stored.split('.');
  return tokens[0] === 'p' ? ['evt', ...tokens.slice(PARTITION_TOKENS)].join('.') : stored;
}

/** The parts of an event's subject; `undefined` for any other subject. */
export function parseSubject(
  subject: string,
): { context: string; fact: string; version: string; key: string } | undefined {
  const tokens = subject.split('.');
  if (tokens.length !== EVENT_TOKENS || tokens[0] !== 'evt') return undefined;
  const [, context = '', fact = '', version = '', key = ''] = tokens;
  return { context, fact, version, key };
}
