/** Spans of the engine's own work, and the trace that each event has. Without OpenTelemetry nothing is recorded. */
export { createInEventSpan, traceFor } from './event';
export type { InEventSpan } from './event';
export { inSpan } from './span';
export type { Attributes, Span, SpanStart, Tracing } from './tracing';
export { untraced } from './tracing';
