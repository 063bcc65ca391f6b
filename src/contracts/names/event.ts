/** What an event is by itself: its identity, its content and its expiry. (Workflows load this file.) */
import type { DomainEvent } from '../model/event';
import { traceIdOf } from './trace';

/**
 * The identity of an event as one string. Workflows remember it, and the stream's message ids are derived from it.
 *
 * Some SDKs percent-encode attributes in binary mode and others do not, so the same event may come as `/caf%C3%A9`
 * and as `/café`. Both must have the same identity, so escapes are decoded until none is left. Spaces in the source
 * become `%20`, so that two events never share an identity, and line feeds `%0A`: `memoryOf` ends an identity with one.
 *
 * @example
 * identityOf({ source: '/website', id: 'booking-1' });
 */
export function identityOf({ source, id }: { readonly source: string; readonly id: string }): string {
  return `${sourceOf(source)} ${unescaped(id).replaceAll('\n', '%0A')}`;
}

/** A source as identities have it: two sources are the same publisher if and only if this text is the same. */
export function sourceOf(source: string): string {
  return unescaped(source).replaceAll(' ', '%20').replaceAll('\n', '%0A');
}

const ESCAPES = /(?:%[0-9a-f]{2})+/gi;

/** Each round makes the text shorter, so the recursion ends. */
function unescaped(text: string): string {
  if (!text.includes('%')) return text;
  const next = text.replace(ESCAPES, readOrKept);
  return next === text ? text : unescaped(next);
}

function readOrKept(escapes: string): string {
  try {
    return decodeURIComponent(escapes);
  } catch {
    return escapes;
  }
}

/**
 * The content of an event, its type and data, as one text. It is the same for every publish of one event; time, trace
 * and other attributes may differ between attempts.
 */
export function contentText(event: { readonly type: unknown; readonly data: unknown }): string {
  return stableJson([event.type, event.data]);
}

/** JSON with sorted fields: the same text for the same value, in whatever order its fields were written. */
export function stableJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}

/** What a workflow remembers of an event: its identity and, if the bridge has set it, the hash of its content. */
export function memoryOf(identity: string, contentHash: string | undefined): string {
  return contentHash === undefined ? identity : `${identity}\n${contentHash}`;
}

export function readMemory(memory: string): [identity: string, contentHash: string | undefined] {
  const [identity = '', contentHash] = memory.split('\n');
  return [identity, contentHash];
}

/**
 * Whether two events with the same identity have the same content. Without a hash, as for an event of an update, they
 * count as the same.
 */
export function isSameContent(one: string | undefined, other: string | undefined): boolean {
  return one === undefined || other === undefined || one === other;
}

/** An event as the fields of a log line: the same names everywhere (docs/tracing.md). */
export function logFieldsOf({ id, type, key, traceparent }: DomainEvent): Readonly<Record<string, string>> {
  const traceId = traceparent === undefined ? undefined : traceIdOf(traceparent);
  return { eventId: id, eventType: type, key, ...(traceId !== undefined && { traceId }) };
}

/** Whether the event has expired, so that it must not be applied. */
export function isExpired({ expiryTime }: Pick<DomainEvent, 'expiryTime'>, now: number): boolean {
  return expiryTime !== undefined && Date.parse(expiryTime) <= now;
}
