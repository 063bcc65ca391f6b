import type { TraceContext } from '../contracts';

/** What is known of a span, by OpenTelemetry's name of the attribute. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

export interface SpanStart {
  /** Few different names: never an id. */
  readonly name: string;
  readonly kind: 'server' | 'client' | 'producer' | 'consumer' | 'internal';
  /** What the span is part of; without it, the span begins a trace. */
  readonly parent: TraceContext | undefined;
  /** Called only if the span is recorded. */
  readonly attributes?: () => Attributes;
}

/** A piece of work within a trace. */
export interface Span {
  /** The context for what the work leads to. If nothing is recorded, that of the parent. */
  readonly trace: TraceContext | undefined;
  /** Ends the span, as failed if there is an error. */
  end(result?: { readonly error?: unknown; readonly attributes?: Attributes }): void;
}

/** Records spans. */
export interface Tracing {
  /** Whether spans are recorded: what only they need is then worth its cost. */
  readonly records: boolean;
  start(start: SpanStart): Span;
  /** Sends what was recorded, and stops. */
  stop(): Promise<void>;
}

const nothing = () => undefined;

/** Records nothing: each span has the context of its parent, so that the trace still travels. */
export const untraced: Tracing = {
  records: false,
  start: ({ parent }) => ({ trace: parent, end: nothing }),
  stop: () => Promise.resolve(),
};
