import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { defineDevRole, milliseconds } from 'sagaline';
import { z } from 'zod';
import type * as sandboxServer from '.';

/** Longer than our clients wait for an answer. */
const SLOW_MS = 6_000;
const PORT = 8090;

const portNumber = z.coerce.number().int().min(1).max(65_535);

const sandboxSettings = z.object({
  SANDBOX_HOST: z.string().min(1).default('127.0.0.1'),
  SANDBOX_PORT: portNumber.default(PORT),
  /** How long the sandbox's carrier takes to fetch a parcel, and then to deliver it. */
  SANDBOX_DISPATCH_MS: milliseconds(2_000),
  SANDBOX_DELIVERY_MS: milliseconds(2_000),
  /** How long an authorization lasts when its token is one of those that expire (`tok_authorization_expires`). */
  SANDBOX_SHORT_AUTHORIZATION_MS: milliseconds(10_000),
});

/** The provider sandbox: simulates the payment provider and the carrier, for development and tests only. */
export const providers = defineDevRole({
  settings: sandboxSettings,
  port: 'SANDBOX_PORT',
  run: async ({ settings, config, log, listen }) => {
    const payments = config.providers['payment-provider'];
    const carrier = config.providers['carrier'];
    const folder = path.resolve(config.DATA_DIR, 'sandbox');
    await mkdir(folder, { recursive: true });
    const sandboxOptions = {
      webhookBaseUrl: `http://${config.GATEWAY_HOST}:${config.GATEWAY_PORT}`,
      paymentApiKey: payments?.apiKey ?? '',
      paymentWebhookSecret: payments?.webhookSecrets[0] ?? '',
      carrierApiKey: carrier?.apiKey ?? '',
      carrierWebhookSecret: carrier?.webhookSecrets[0] ?? '',
      dispatchMs: settings.SANDBOX_DISPATCH_MS,
      deliveryMs: settings.SANDBOX_DELIVERY_MS,
      pendingMs: settings.SANDBOX_DISPATCH_MS,
      slowMs: SLOW_MS,
      shortAuthorizationMs: settings.SANDBOX_SHORT_AUTHORIZATION_MS,
      journalFile: path.join(folder, 'journal.jsonl'),
      log: (message: string, fields?: object) => log.info(fields ?? {}, message),
    };
    // Loaded here: every command loads the project, and only this role needs the server.
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- an `import()` would not be tsx's, whose hook is for CommonJS
    const { startSandbox } = require('.') as typeof sandboxServer;
    const sandbox = await listen(
      'SANDBOX_PORT',
      { host: settings.SANDBOX_HOST, port: settings.SANDBOX_PORT },
      (at) => startSandbox({ ...sandboxOptions, ...at }),
    );
    log.info({ address: sandbox.url }, 'the provider sandbox listens');
    return { checks: { sandbox: () => true }, stop: () => sandbox.stop() };
  },
});

/** How the shop reaches the sandbox; these values, secrets included, are useless anywhere else. */
export function sandboxPresets(given: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const port = portNumber.safeParse(given['SANDBOX_PORT']).data ?? PORT;
  const url = `http://127.0.0.1:${port}`;
  return {
    PROVIDER_PAYMENT_PROVIDER_URL: `${url}/payment-provider/v1`,
    PROVIDER_PAYMENT_PROVIDER_API_KEY: 'sandbox-payment-provider-key',
    PROVIDER_PAYMENT_PROVIDER_WEBHOOK_SECRET: 'sandbox-payment-provider-secret',
    PROVIDER_CARRIER_URL: `${url}/carrier/v1`,
    PROVIDER_CARRIER_API_KEY: 'sandbox-carrier-key',
    PROVIDER_CARRIER_WEBHOOK_SECRET: 'sandbox-carrier-secret',
  };
}
