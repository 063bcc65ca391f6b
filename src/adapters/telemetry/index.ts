/** OpenTelemetry. Its packages are optional, and loaded only if spans are recorded. */
import type { Log } from '../../contracts';
import { InvalidConfigError } from '../../contracts';
import type { Tracing } from '../../tracing';
import type * as implementation from './opentelemetry';

const PACKAGES =
  '@opentelemetry/api @opentelemetry/resources @opentelemetry/sdk-trace-base @opentelemetry/exporter-trace-otlp-http';

/**
 * Records spans with OpenTelemetry's SDK, and sends them with OTLP over HTTP, as the environment says.
 *
 * @throws InvalidConfigError if the packages are not installed
 */
export function startTracing(options: { readonly serviceName: string; readonly log: Log }): Tracing {
  let loaded: typeof implementation;
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- an `import()` would not be tsx's, whose hook is for CommonJS
    loaded = require('./opentelemetry') as typeof implementation;
  } catch (cause) {
    const problem = `OTEL_EXPORTER_OTLP_ENDPOINT: spans need packages of OpenTelemetry: npm install ${PACKAGES}`;
    throw new InvalidConfigError([problem], { cause });
  }
  return loaded.createTracing(options);
}
