/** How an event is addressed: its type, its correlation key, and the subject and workflow id that follow from them. */

/**
 * The name of an event: `<prefix>.<context>.<fact>.v<major>`, for example `dev.sagaline.shop.orders.submitted.v1`.
 * The prefix is the domain's reverse-DNS name; the other three tokens are the event's place in the subject space.
 */
export interface EventType {
  readonly prefix: string;
  readonly context: string;
  readonly fact: string;
  readonly major: number;
}

const EVENT_TYPE =
  /^([a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]*)*)\.([a-z][a-z0-9-]*)\.([a-z][a-z0-9-]*)\.v([1-9]\d{0,3})$/;
/**
 * The longest event type, in characters. A type is a signal name and part of a subject, and both have limits of their
 * own.
 */
export const MAX_EVENT_TYPE_LENGTH = 200;

/** The parts of a type, or `undefined` where the text does not follow the form. */
export function parseEventType(type: string): EventType | undefined {
  if (type.length > MAX_EVENT_TYPE_LENGTH) return undefined;
  const match = EVENT_TYPE.exec(type);
  const [, prefix, context, fact, major] = match ?? [];
  if (prefix === undefined || context === undefined || fact === undefined) return undefined;
  return { prefix, context, fact, major: Number(major) };
}

/** The type without its major version: what all versions of one event share. */
export function eventFamily({ prefix, context, fact }: EventType): string {
  return `${prefix}.${context}.${fact}`;
}

/**
 * The correlation key says which business process an event belongs to: for the events of a shop's order it is the
 * order id. It is the last token of the subject and part of the workflow id, and it decides the partition.
 */
const CORRELATION_KEY = /^[A-Za-z0-9_-]{1,64}$/;

/** The rule in words, for error messages. */
export const CORRELATION_KEY_RULE = '1 to 64 characters out of A-Z, a-z, 0-9, "_" and "-"';

/** @param key what a contract's code returns, which without a check by the compiler may be anything */
export function isCorrelationKey(key: unknown): boolean {
  return typeof key === 'string' && CORRELATION_KEY.test(key);
}

/**
 * Subjects: an event of type `<prefix>.<context>.<fact>.v<major>` with correlation key K is published to
 * `evt.<context>.<fact>.v<major>.<K>` and stored as `p.<lane>.<partition>.<context>.<fact>.v<major>.<K>`.
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
/**
 * Each lane has an eighth of the partitions, for consumers of more than one. It is a token of its own because a consumer
 * with several filters is slow in a backlog of many keys (nats-server 2.15, `firstMatchingMulti`): docs/adr/0069. As with the
 * partitions, the number must not change once the stream exists.
 */
export const LANES = 8;

const EVENT_TOKENS = 5;
/** `p.<lane>.<partition>` replaces `evt`. */
const PARTITION_TOKENS = 3;

/** Where the stream stores events: before the context of a subject, instead of `evt`. */
export const storedIn = {
  anywhere: 'p.*.*',
  lane: (lane: number) => `p.${lane}.*`,
  /** As the stream's transform computes it: both numbers are remainders of the same hash of the key. */
  partition: (partition: number) => `p.${partition % LANES}.${partition}`,
};

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

/**
 * The workflow id of the process of a correlation key.
 *
 * @example
 * workflowIdOf(alert, 'dev-1'); // 'alert-dev-1'
 */
export function workflowIdOf(workflow: { readonly name: string }, key: string): string {
  return `${workflow.name}-${key}`;
}
