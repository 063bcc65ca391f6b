// A sandbox on a free port, a receiver for its webhooks, and a client that speaks to it as a shop would.
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { startSandbox, type SandboxSettings } from '../../../../domains/shop/sandbox';

export const PAYMENT_SECRET = 'whsec_payments';
export const CARRIER_SECRET = 'whsec_carrier';

export interface ReceivedWebhook {
  path: string;
  headers: IncomingHttpHeaders;
  /** Decompressed. */
  rawBody: string;
  body: Record<string, unknown>;
}

export interface Receiver {
  url: string;
  received: ReceivedWebhook[];
  /** The status that the next webhooks are answered with. */
  answerWith(status: number): void;
  /** Resolves with the first `count` webhooks that fit; fails after 4 s. */
  waitFor(count: number, fits?: (webhook: ReceivedWebhook) => boolean): Promise<ReceivedWebhook[]>;
  stop(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const received: ReceivedWebhook[] = [];
  let status = 204;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const sent = Buffer.concat(chunks);
      const rawBody = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent).toString();
      const body = JSON.parse(rawBody) as Record<string, unknown>;
      received.push({ path: request.url ?? '', headers: request.headers, rawBody, body });
      response.writeHead(status, { location: '/elsewhere' }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answerWith: (next) => void (status = next),
    waitFor: async (count, fits = () => true) => {
      const deadline = Date.now() + 4_000;
      while (received.filter(fits).length < count) {
        if (Date.now() > deadline)
          throw new Error(`${received.filter(fits).length} of ${count} webhooks came`);
        await sleep(5);
      }
      return received.filter(fits).slice(0, count);
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function settingsFor(
  webhookBaseUrl: string,
  overrides: Partial<SandboxSettings> = {},
): SandboxSettings {
  return {
    host: '127.0.0.1',
    port: 0,
    webhookBaseUrl,
    paymentApiKey: 'sk_payments',
    paymentWebhookSecret: PAYMENT_SECRET,
    carrierApiKey: 'sk_carrier',
    carrierWebhookSecret: CARRIER_SECRET,
    dispatchMs: 40,
    deliveryMs: 40,
    pendingMs: 60,
    slowMs: 80,
    log: () => undefined,
    ...overrides,
  };
}

export interface ApiAnswer<Body = ApiBody> {
  status: number;
  replayed: boolean;
  body: Body;
}

/** The members that tests look at, of any body that the sandbox answers with. */
export interface ApiBody {
  id: string;
  status: string;
  data: Record<string, unknown>[];
  error: { type: string; code: string; message: string; param?: string; payment?: Record<string, unknown> };
  [member: string]: unknown;
}

export interface CallOptions {
  key?: string | undefined;
  body?: unknown;
  apiKey?: string | undefined;
}

export interface Client {
  post(path: string, options?: CallOptions): Promise<ApiAnswer>;
  get(path: string): Promise<ApiAnswer>;
}

export function clientOf(url: string): Client {
  async function call(method: string, path: string, options: CallOptions): Promise<ApiAnswer> {
    const apiKey = options.apiKey ?? (path.startsWith('/carrier') ? 'sk_carrier' : 'sk_payments');
    const response = await fetch(url + path, {
      method,
      headers: {
        authorization: `Bearer ${apiKey}`,
        ...(options.key !== undefined && { 'idempotency-key': options.key }),
        ...(options.body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(options.body !== undefined && {
        body: typeof options.body === 'string' ? options.body : JSON.stringify(options.body),
      }),
    });
    const body = (await response.json()) as ApiBody;
    return {
      status: response.status,
      replayed: response.headers.get('idempotent-replayed') === 'true',
      body,
    };
  }
  return { post: (path, options = {}) => call('POST', path, options), get: (path) => call('GET', path, {}) };
}

export interface SandboxUnderTest extends Client {
  url: string;
  receiver: Receiver;
  stop(): Promise<void>;
}

export async function startSandboxUnderTest(
  overrides: Partial<SandboxSettings> = {},
): Promise<SandboxUnderTest> {
  const receiver = await startReceiver();
  const sandbox = await startSandbox(settingsFor(receiver.url, overrides));
  return {
    ...clientOf(sandbox.url),
    url: sandbox.url,
    receiver,
    stop: async () => {
      await sandbox.stop();
      await receiver.stop();
    },
  };
}

export const PAYMENTS = '/payment-provider/v1/payments';
export const SHIPMENTS = '/carrier/v1/shipments';

export function paymentBody(token: string, overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    amount: 4200,
    currency: 'EUR',
    payment_method: token,
    merchant_reference: 'order-1',
    ...overrides,
  };
}

export function shipmentBody(
  postalCode: string,
  overrides: Record<string, unknown> = {},
): Record<string, unknown> {
  const recipient = {
    name: 'Ada',
    street: 'Am Wall 1',
    postal_code: postalCode,
    city: 'Bremen',
    country: 'DE',
    ...overrides,
  };
  return { reference: 'order-1', recipient, parcels: [{ sku: 'mug', quantity: 2 }] };
}
