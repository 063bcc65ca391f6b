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
