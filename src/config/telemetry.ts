import { z } from 'zod';
import { httpUrl } from './kinds';

/**
 * OpenTelemetry's own names: docs/tracing.md. The SDK itself reads the others, such as `OTEL_EXPORTER_OTLP_HEADERS` and
 * `OTEL_TRACES_SAMPLER`.
 */
export const telemetrySettings = {
  /** Where a collector takes OTLP over HTTP. Without it, no span is recorded. */
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: httpUrl.optional(),
  OTEL_SDK_DISABLED: z.enum(['true', 'false']).default('false'),
  OTEL_TRACES_EXPORTER: z.enum(['otlp', 'none']).default('otlp'),
  /** Default: `sagaline-<role>`. */
  OTEL_SERVICE_NAME: z.string().min(1).optional(),
};

/** Whether spans are recorded. */
export function recordsSpans(settings: z.infer<z.ZodObject<typeof telemetrySettings>>): boolean {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: all, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: traces } = settings;
  return (
    settings.OTEL_SDK_DISABLED === 'false' &&
    settings.OTEL_TRACES_EXPORTER === 'otlp' &&
    (all ?? traces) !== undefined
  );
}
