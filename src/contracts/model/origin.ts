/** Who may publish an event: the policy that the gateway, the outbox, NATS permissions and every consumer share. */
import { sourceOf } from '../names/event';
import type { Rejection } from '../names/reasons';
import { parseEventType } from '../names/subject';
import type { Endpoint } from './endpoint';
import type { DomainEvent, EventContract } from './event';

/** Who publishes an event. A contract without an origin is `internal`: nobody outside can publish its events. */
export type Origin =
  | {
      readonly kind: 'external';
      /** Who publishes the event, for the docs: `the web shop`. */
      readonly publisher: string;
      /** The sources that may publish it; absent for all sources that are not reserved. */
      readonly sources?: readonly string[];
    }
  | { readonly kind: 'provider'; readonly provider: string }
  | { readonly kind: 'internal' };

/**
 * The event comes from publishers outside of the project, through `POST /events`, NATS or an endpoint.
 *
 * @param publisher who publishes it, for the docs
 * @param options.sources the sources that may publish it: a source, or all sources below one (`/web-shop/*`).
 *   Default: every source that is not reserved
 *
 * @example
 * external('the web shop', { sources: ['/web-shop', '/web-shop/*'] });
 */
export function external(publisher: string, options: { readonly sources?: readonly string[] } = {}): Origin {
  return { kind: 'external', publisher, ...options };
}

/**
 * The event comes from the webhook of a provider, and from nowhere else.
 *
 * @example
 * fromProvider('carrier');
 */
export function fromProvider(provider: string): Origin {
  return { kind: 'provider', provider };
}

/** The event is published by the project's own steps, through the outbox and its relay. */
export const internal: Origin = { kind: 'internal' };

export function originOf({ origin = internal }: Pick<EventContract, 'origin'>): Origin {
  return origin;
}

/** The source of all events of a provider's webhook. */
export function providerSource(provider: string): string {
  return `/providers/${provider}`;
}

/** The source of all events of a request–reply endpoint. */
export function endpointSource({ path }: Pick<Endpoint, 'path'>): string {
  return `/gateway${path}`;
}

const INTERNAL_SOURCES = '/sagaline/';

/** The source of the events that the steps of one context publish. */
export function internalSource(context: string): string {
  return `${INTERNAL_SOURCES}${context}`;
}

/** The source of the dead letters that workflows write into the outbox. */
export const WORKFLOW_DEAD_LETTERS = internalSource('dead-letters');

/**
 * A source that may publish an event of this contract, for examples, tests and events by hand.
 *
 * @param own the source for an external event whose contract names none
 */
export function sourceFor(contract: Pick<EventContract, 'origin' | 'type'>, own: string): string {
  const origin = originOf(contract);
  switch (origin.kind) {
    case 'provider':
      return providerSource(origin.provider);
    case 'internal':
      return internalSource(parseEventType(contract.type)?.context ?? '');
    case 'external': {
      const [first] = origin.sources ?? [];
      return first === undefined ? own : first.replace(/\/\*$/, own);
    }
  }
}

/** Letter case and repeated slashes make no source of its own of one that looks like a reserved one. */
const RESERVED = /^\/+(providers|sagaline|gateway)(\/|$)/i;

const RESERVED_SEGMENT = /(^|\/)(providers|sagaline|gateway)([/?#]|$)/i;

/** Whether only a part of the project may use the source: its webhooks, its endpoints or its outbox. */
export function isReserved(source: string): boolean {
  const given = sourceOf(source);
  return RESERVED.test(given) || (hasDotSegments(given) && RESERVED_SEGMENT.test(given));
}

const DOT_SEGMENT = /(^|\/)\.\.?([/?#]|$)/;

/**
 * Whether a source has `.` or `..` as a part of its path, also percent-encoded. Who resolves such a source gets another
 * one, so that no `*` of a pattern stands for it.
 */
export function hasDotSegments(source: string): boolean {
  return DOT_SEGMENT.test(sourceOf(source));
}

/** What the policy reads of an event. */
type Published = Pick<DomainEvent, 'source'>;

/**
 * Why an event of this contract may not have this source; `undefined` if it may. Bridge and subscriptions check every
 * event of the stream by it, the outbox and webhooks check theirs before they publish. Pure.
 *
 * @param endpoints the endpoints of the domains, whose sources their own event may have
 */
export function originProblem(
  { source }: Published,
  contract: EventContract,
  endpoints: readonly Endpoint[] = [],
): Rejection | undefined {
  const origin = originOf(contract);
  switch (origin.kind) {
    case 'provider':
      return source === providerSource(origin.provider)
        ? undefined
        : forbidden(contract, source, ONLY.provider);
    case 'internal':
      return source.startsWith(INTERNAL_SOURCES) && source.length > INTERNAL_SOURCES.length
        ? undefined
        : forbidden(contract, source, ONLY.internal);
    case 'external':
      if (endpoints.some((each) => each.event.type === contract.type && source === endpointSource(each)))
        return undefined;
      if (isReserved(source))
        return forbidden(contract, source, 'this source is reserved; publish under a source of your own');
      if (!origin.sources || origin.sources.some((pattern) => isSourceOf(source, pattern))) return undefined;
      return forbidden(
        contract,
        source,
        'its contract names other sources; publish under one of them, or have yours added',
      );
  }
}

/**
 * Why `POST /events` does not take an event: it takes external events only, and no reserved source. `undefined` if it
 * does. Pure.
 */
export function publisherProblem(event: Published, contract: EventContract): Rejection | undefined {
  const { kind } = originOf(contract);
  return kind === 'external' ? originProblem(event, contract) : forbidden(contract, event.source, ONLY[kind]);
}

/** Answers go to strangers too, so that none names a provider or a source. */
const ONLY = {
  provider: 'it is taken from the webhook of its provider only',
  internal: 'only the project’s own steps publish it',
} as const;

function forbidden({ type }: EventContract, source: string, why: string): Rejection {
  return {
    reason: 'forbidden-origin',
    detail: `"${source}" may not publish ${type}: ${why}`,
    path: 'source',
  };
}

const BELOW = '/*';

/** Whether a source is the one that a pattern names, `/web-shop`, or below it, `/web-shop/*`. */
export function isSourceOf(source: string, pattern: string): boolean {
  const [given, wanted] = [sourceOf(source), sourceOf(pattern)];
  if (!wanted.endsWith(BELOW)) return given === wanted;
  const base = wanted.slice(0, -1);
  return given.length > base.length && given.startsWith(base) && !hasDotSegments(given);
}
