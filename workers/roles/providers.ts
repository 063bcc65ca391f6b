import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { startSandbox } from '../../src/dev/sandbox';
import { listening } from '../listening';
import type { Role } from '../role';

/** The provider sandbox: plays the payment provider and the carrier, for development and tests only. */
export const providers: Role = async ({ config, log }) => {
  if (config.NODE_ENV === 'production') throw new Error('the provider sandbox is not for production');
  const payments = config.providers['payment-provider'];
  const carrier = config.providers['carrier'];
  const folder = path.resolve(config.DATA_DIR, 'sandbox');
  await mkdir(folder, { recursive: true });
  const settings = {
    webhookBaseUrl: `http://${config.GATEWAY_HOST}:${config.GATEWAY_PORT}`,
    paymentApiKey: payments?.apiKey ?? '',
    paymentWebhookSecret: payments?.webhookSecrets[0] ?? '',
    carrierApiKey: carrier?.apiKey ?? '',
    carrierWebhookSecret: carrier?.webhookSecrets[0] ?? '',
    dispatchMs: config.SANDBOX_DISPATCH_MS,
    deliveryMs: config.SANDBOX_DELIVERY_MS,
    pendingMs: config.SANDBOX_DISPATCH_MS,
    slowMs: SLOW_MS,
    shortHoldMs: config.SANDBOX_SHORT_HOLD_MS,
    journalFile: path.join(folder, 'journal.jsonl'),
    log: (message: string, fields?: object) => log.info(fields ?? {}, message),
  };
  const sandbox = await listening(
    'SANDBOX_PORT',
    { host: config.SANDBOX_HOST, port: config.SANDBOX_PORT },
    (at) => startSandbox({ ...settings, ...at }),
  );
  log.info({ address: sandbox.url }, 'the provider sandbox listens');
  return { checks: { sandbox: () => true }, stop: () => sandbox.stop() };
};

/** Longer than our clients wait for an answer. */
const SLOW_MS = 6_000;
