/** W3C trace context (https://www.w3.org/TR/trace-context), as texts. (Workflows load this file.) */

/** The place of an event, a step or a call in a trace. */
export interface TraceContext {
  /** `00-<trace id>-<span id>-<flags>`, in hexadecimal digits. */
  readonly traceparent: string;
  /** Further data of tracing systems; passed on as it is. */
  readonly tracestate?: string | undefined;
}

/** A version after 00 may append fields, which are left out. The ids of zeros alone are invalid. */
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-((?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2})(-.*)?$/;
/** The most characters that systems must pass on; a longer text is left out. */
const TRACESTATE = /^[\x20-\x7e]{1,512}$/;
const TRACE_ID = { from: 3, to: 35 } as const;
const SPAN_ID_DIGITS = 16;
/** "Sampled". Without this flag no later participant would record the trace. */
const SAMPLED = '01';

/**
 * Reads a trace context. Returns `undefined` if `traceparent` is absent or malformed: the trace then begins anew. A
 * malformed `tracestate` is left out.
 */
export function readTrace(traceparent: unknown, tracestate?: unknown): TraceContext | undefined {
  const match = typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent) : undefined;
  if (!match) return undefined;
  const [, version, fields = '', more] = match;
  if (version === '00' && more !== undefined) return undefined;
  const isReadable = typeof tracestate === 'string' && TRACESTATE.test(tracestate);
  return { traceparent: `00-${fields}`, ...(isReadable && { tracestate }) };
}

/** The trace id in a `traceparent`: 32 hexadecimal digits. */
export function traceIdOf(traceparent: string): string {
  return traceparent.slice(TRACE_ID.from, TRACE_ID.to);
}

/** Whether two contexts are places in the same trace. */
function isSameTrace(one: string, other: string): boolean {
  return traceIdOf(one) === traceIdOf(other);
}

type MaybeTrace = { readonly [Name in keyof TraceContext]?: TraceContext[Name] | undefined };

/**
 * The place of a process in its trace after an event: the trace is that of its first event. An event of another trace
 * does not change it.
 */
export function traceAfter(before: MaybeTrace | undefined, event: MaybeTrace): Partial<TraceContext> {
  const isOurs =
    event.traceparent !== undefined &&
    (before?.traceparent === undefined || isSameTrace(before.traceparent, event.traceparent));
  const { traceparent, tracestate } = isOurs ? event : (before ?? {});
  return {
    ...(traceparent !== undefined && { traceparent }),
    ...(tracestate !== undefined && { tracestate }),
  };
}

/**
 * Begins the trace of an event that has none. It is made of a hash of the event's identity, so that each consumer and
 * each repeat begins the same one.
 *
 * @param hash hexadecimal digits, 48 at least
 */
export function beginningTrace(hash: string): TraceContext {
  const traceId = hash.slice(0, TRACE_ID.to - TRACE_ID.from);
  const spanId = hash.slice(traceId.length, traceId.length + SPAN_ID_DIGITS);
  return { traceparent: `00-${traceId}-${spanId}-${SAMPLED}` };
}
