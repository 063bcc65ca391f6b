import type { SpanContext } from '@opentelemetry/api';
import {
  createTraceState,
  diag,
  DiagLogLevel,
  isSpanContextValid,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log, TraceContext } from '../../contracts';
import { errorMessage, traceIdOf } from '../../contracts';
import type { SpanStart, Tracing } from '../../tracing';

/** A collector that is away must not delay the stop of a process, which has 14 s. */
const STOP_WITHIN_MS = 2_000;
/** The SDK complains about a collector that is away with every batch, each five seconds. */
const SAME_COMPLAINT_EVERY_MS = 60_000;

const KINDS: Readonly<Record<SpanStart['kind'], SpanKind>> = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
};

/** Records spans. Parents are given explicitly, so that no context is kept for each asynchronous call. */
export function createTracing({
  serviceName,
  log,
}: {
  readonly serviceName: string;
  readonly log: Log;
}): Tracing {
  diag.setLogger(complaints(log), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const provider = new BasicTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': serviceName }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  const tracer = provider.getTracer('sagaline');

  return {
    records: true,
    start: ({ name, kind, parent, attributes }) => {
      const within = parent ? trace.setSpanContext(ROOT_CONTEXT, contextOf(parent)) : ROOT_CONTEXT;
      const span = tracer.startSpan(name, { kind: KINDS[kind] }, within);
      if (span.isRecording() && attributes) span.setAttributes(attributes());
      return {
        trace: textOf(span.spanContext()),
        end: ({ error, attributes: more } = {}) => {
          if (more) span.setAttributes(more);
          if (error !== undefined)
            span.setStatus({ code: SpanStatusCode.ERROR, message: errorMessage(error) });
          span.end();
        },
      };
    },
    stop: async () => {
      const stopped = provider.shutdown().catch((error: unknown) => {
        log.warn({ err: error }, 'the last spans were not sent');
      });
      await Promise.race([stopped, sleep(STOP_WITHIN_MS, undefined, { ref: false })]);
    },
  };
}

const SPAN_ID = { from: 36, to: 52 } as const;
const HEXADECIMAL = 16;

function contextOf({ traceparent, tracestate }: TraceContext): SpanContext {
  return {
    traceId: traceIdOf(traceparent),
    spanId: traceparent.slice(SPAN_ID.from, SPAN_ID.to),
    traceFlags: Number.parseInt(traceparent.slice(SPAN_ID.to + 1), HEXADECIMAL),
    isRemote: true,
    ...(tracestate !== undefined && { traceState: createTraceState(tracestate) }),
  };
}

function textOf(context: SpanContext): TraceContext | undefined {
  if (!isSpanContextValid(context)) return undefined;
  const { traceId, spanId, traceFlags, traceState } = context;
  const tracestate = traceState?.serialize();
  return {
    traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(HEXADECIMAL).padStart(2, '0')}`,
    ...(tracestate !== undefined && tracestate !== '' && { tracestate }),
  };
}

/** Writes what the SDK complains of, once a minute. */
function complaints(log: Log) {
  let toldAt = Number.NEGATIVE_INFINITY;
  const tell = (detail: string) => {
    if (performance.now() - toldAt < SAME_COMPLAINT_EVERY_MS) return;
    toldAt = performance.now();
    log.warn({ detail }, 'spans are not sent');
  };
  const nothing = () => undefined;
  return { error: tell, warn: tell, info: nothing, debug: nothing, verbose: nothing };
}
