import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Registry } from 'prom-client';
import { Histogram } from 'prom-client';
import { SECONDS } from './buckets';

// What Node's own fetch tells of each request: https://undici.nodejs.org/#/docs/api/DiagnosticsChannel
const CREATED = 'undici:request:create';
const ANSWERED = 'undici:request:headers';
const FAILED = 'undici:request:error';

interface UndiciRequest {
  readonly origin: string | URL;
  readonly path: string;
  readonly method: string;
}

/**
 * Measures the HTTP requests of this process to its providers, until their status is known. It sees requests that are
 * made with `fetch` or undici by any code of the process; a client on `node:http` has to be measured by the project.
 *
 * @param addresses base URL of each provider, by name
 * @returns a function that ends the measuring
 */
export function providerMetrics(registry: Registry, addresses: Readonly<Record<string, string>>): () => void {
  const calls = new Histogram({
    name: 'sagaline_provider_call_duration_seconds',
    help: 'Requests to providers until the status of the answer, by status; "none" is no answer',
    labelNames: ['provider', 'method', 'status'],
    buckets: SECONDS,
    registers: [registry],
  });
  const bases = providerBases(addresses);
  const underWay = new WeakMap<object, { readonly provider: string; readonly started: number }>();

  const created = (message: unknown) => {
    const { request } = message as { request: UndiciRequest };
    const provider = providerOf(bases, request);
    if (provider !== undefined) underWay.set(request, { provider, started: performance.now() });
  };
  const ended = (request: UndiciRequest, status: string) => {
    const call = underWay.get(request);
    if (!call) return;
    underWay.delete(request);
    calls.observe(
      { provider: call.provider, method: request.method, status },
      (performance.now() - call.started) / 1_000,
    );
  };
  const answered = (message: unknown) => {
    const { request, response } = message as { request: UndiciRequest; response: { statusCode: number } };
    ended(request, String(response.statusCode));
  };
  const failed = (message: unknown) => ended((message as { request: UndiciRequest }).request, 'none');

  subscribe(CREATED, created);
  subscribe(ANSWERED, answered);
  subscribe(FAILED, failed);
  return () => {
    unsubscribe(CREATED, created);
    unsubscribe(ANSWERED, answered);
    unsubscribe(FAILED, failed);
  };
}

type Bases = readonly (readonly [provider: string, base: URL])[];

/** The base URLs of providers by name, so that the first one that fits is the closest: one may be below another's. */
export function providerBases(addresses: Readonly<Record<string, string>>): Bases {
  return Object.entries(addresses)
    .map(([provider, url]) => [provider, new URL(url)] as const)
    .sort(([, one], [, other]) => other.pathname.length - one.pathname.length);
}

/** The provider that a request goes to, by whole segments of its path; `undefined` for none. */
export function providerOf(
  bases: Bases,
  { origin, path }: Pick<UndiciRequest, 'origin' | 'path'>,
): string | undefined {
  const [asked = ''] = path.split('?');
  return bases.find(
    ([, base]) =>
      String(origin) === base.origin && `${asked}/`.startsWith(base.pathname.replace(/\/?$/, '/')),
  )?.[0];
}
