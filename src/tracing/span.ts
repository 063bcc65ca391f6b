import type { TraceContext } from '../contracts';
import type { Attributes, SpanStart, Tracing } from './tracing';

/** Runs work in a span, which ends with it. A thrown error fails the span; `tell` says what a result means. */
export async function inSpan<Result>(
  tracing: Tracing,
  start: SpanStart,
  work: (trace: TraceContext | undefined) => Promise<Result>,
  tell?: (result: Result) => { readonly error?: unknown; readonly attributes?: Attributes },
): Promise<Result> {
  const span = tracing.start(start);
  try {
    const result = await work(span.trace);
    span.end(tell?.(result));
    return result;
  } catch (error) {
    span.end({ error });
    throw error;
  }
}
