import { createHash } from 'node:crypto';
import type { DomainEvent, TraceContext } from '../contracts';
import { beginningTrace, identityOf } from '../contracts';
import { inSpan } from './span';
import type { Attributes, SpanStart, Tracing } from './tracing';

/** An event as far as traces are concerned. */
export type Traced = Pick<DomainEvent, 'id' | 'source' | 'traceparent' | 'tracestate'>;

/**
 * The trace of an event: its own, which no process on its way changes; otherwise the given one; otherwise a new one,
 * made of its identity, so that a repeat has the same.
 */
export function traceFor(
  { id, source, traceparent, tracestate }: Traced,
  given?: TraceContext,
): TraceContext {
  if (traceparent !== undefined) return { traceparent, tracestate };
  return given ?? beginningTrace(createHash('sha256').update(identityOf({ id, source })).digest('hex'));
}

/** A span of the work on one event. */
export interface EventSpan extends Pick<SpanStart, 'name' | 'kind'> {
  readonly attributes?: () => Attributes;
}

/** Runs work on an event in a span, and gives it the event with the context of that span. */
export type InEventSpan = <Result>(
  event: DomainEvent,
  span: EventSpan,
  work: (event: DomainEvent) => Promise<Result>,
  tell?: (result: Result) => { readonly error?: unknown; readonly attributes?: Attributes },
) => Promise<Result>;

export function createInEventSpan(tracing: Tracing): InEventSpan {
  // Without a record, a span would be some objects and promises for nothing, twice for each event.
  if (!tracing.records) return (event, _span, work) => work(placed(event, undefined));
  return (event, span, work, tell) =>
    inSpan(tracing, startOf(event, span), (trace) => work(placed(event, trace)), tell);
}

/** The start of a span whose parent is the event's place in its trace. */
export function startOf(event: DomainEvent, { name, kind, attributes }: EventSpan): SpanStart {
  return {
    name,
    kind,
    parent: event.traceparent === undefined ? undefined : traceFor(event),
    attributes: () => ({ ...eventAttributes(event), ...attributes?.() }),
  };
}

/** The attributes of an event: the CloudEvents ones of OpenTelemetry, and the correlation key. */
export function eventAttributes({ id, source, type, key }: DomainEvent): Attributes {
  return {
    'cloudevents.event_id': id,
    'cloudevents.event_source': source,
    'cloudevents.event_type': type,
    'sagaline.key': key,
  };
}

function placed(event: DomainEvent, trace: TraceContext | undefined): DomainEvent {
  if (trace !== undefined) return { ...event, ...trace };
  return event.traceparent === undefined ? { ...event, ...traceFor(event) } : event;
}
