// A collector of OpenTelemetry, as far as tests need one: it takes OTLP over HTTP in JSON, and draws the tree of a trace.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the root of a trace. */
  readonly parentSpanId: string;
  readonly service: string;
  readonly name: string;
  readonly startNanos: bigint;
  readonly endNanos: bigint;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly failed: boolean;
}

export interface Collector {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  spansOf(traceId: string): readonly CollectedSpan[];
  all(): readonly CollectedSpan[];
  stop(): Promise<void>;
}

const STATUS_ERROR = 2;

interface Value {
  readonly stringValue?: string;
  readonly intValue?: number | string;
  readonly boolValue?: boolean;
  readonly doubleValue?: number;
}
interface KeyValue {
  readonly key: string;
  readonly value: Value;
}
interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly traceId: string;
        readonly spanId: string;
        readonly parentSpanId?: string;
        readonly name: string;
        readonly startTimeUnixNano: string;
        readonly endTimeUnixNano: string;
        readonly attributes?: readonly KeyValue[];
        readonly status?: { readonly code?: number };
      }[];
    }[];
  }[];
}

export async function startCollector(): Promise<Collector> {
  const spans: CollectedSpan[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const sent = Buffer.concat(chunks);
      const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent).toString();
      if (request.method === 'POST' && request.url === '/v1/traces')
        spans.push(...spansIn(JSON.parse(text) as Export));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spansOf: (traceId) => spans.filter((span) => span.traceId === traceId),
    all: () => spans,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function spansIn({ resourceSpans }: Export): CollectedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId ?? '',
        service: String(valuesOf(resource.attributes)['service.name']),
        name: span.name,
        startNanos: BigInt(span.startTimeUnixNano),
        endNanos: BigInt(span.endTimeUnixNano),
        attributes: valuesOf(span.attributes ?? []),
        failed: span.status?.code === STATUS_ERROR,
      })),
    ),
  );
}

function valuesOf(attributes: readonly KeyValue[]): CollectedSpan['attributes'] {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ?? value.boolValue ?? value.doubleValue ?? Number(value.intValue),
    ]),
  );
}

/** The spans whose parent was not collected; a tree has one, its root. */
export function rootsOf(spans: readonly CollectedSpan[]): readonly CollectedSpan[] {
  const known = new Set(spans.map(({ spanId }) => spanId));
  return spans.filter(({ parentSpanId }) => !known.has(parentSpanId));
}

const NANOS_OF_A_MS = 1_000_000n;

/** The tree, a span a line, each with what it is about and its duration. */
export function drawn(spans: readonly CollectedSpan[]): string {
  const inOrder = [...spans].sort((one, other) => Number(one.startNanos - other.startNanos));
  const below = (of: string, depth: number): string[] =>
    inOrder
      .filter(({ parentSpanId }) => parentSpanId === of)
      .flatMap((span) => [lineOf(span, depth), ...below(span.spanId, depth + 1)]);
  return rootsOf(inOrder)
    .flatMap((root) => [lineOf(root, 0), ...below(root.spanId, 1)])
    .join('\n');
}

function lineOf(
  { name, service, attributes, startNanos, endNanos, failed }: CollectedSpan,
  depth: number,
): string {
  const type = attributes['cloudevents.event_type'] ?? attributes['messaging.destination.name'];
  const about = attributes['http.response.status_code'] ?? attributes['temporal.workflow_id'] ?? type ?? '';
  const ms = (endNanos - startNanos) / NANOS_OF_A_MS;
  return `${'  '.repeat(depth)}${name} [${service}] ${about} ${ms} ms${failed ? ' FAILED' : ''}`;
}
