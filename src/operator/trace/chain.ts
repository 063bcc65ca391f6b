import type { IncomingMessage } from '../../contracts';
import { readEnvelope, readTrace, traceIdOf } from '../../contracts';

/** The event that caused one of the stream, and the trace that it is in; empty if it does not tell, or cannot be read. */
export function chainIn(message: IncomingMessage): {
  readonly causationId?: string;
  readonly traceId?: string;
} {
  const reading = readEnvelope(message);
  if (!reading.ok || typeof reading.value !== 'object' || reading.value === null) return {};
  const { causationid, traceparent } = reading.value as Record<'causationid' | 'traceparent', unknown>;
  const trace = readTrace(traceparent);
  return {
    ...(typeof causationid === 'string' && { causationId: causationid }),
    ...(trace && { traceId: traceIdOf(trace.traceparent) }),
  };
}
