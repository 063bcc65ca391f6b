import { createHttpPaymentProvider } from '../../../../activities/shop/payments.http';
import { createHttpCarrier } from '../../../../activities/shop/shipping.http';
import type { ParcelStatus } from '../../../../domains/shop/rules/confirmation';
import type { AuthorizedPayment } from '../../support/conformance';
import { until } from '../../../support/until';
import type { SandboxUnderTest } from '../../unit/sandbox/sandbox-under-test';
import { startSandboxUnderTest } from '../../unit/sandbox/sandbox-under-test';

/** The provider sandbox as the shop's adapters reach it, and what it says of itself. */
export interface ProviderSandbox {
  readonly provider: ReturnType<typeof createHttpPaymentProvider>;
  readonly carrier: ReturnType<typeof createHttpCarrier>;
  /** Without the declined ones, which hold no money. */
  paymentsOf(orderId: string): Promise<AuthorizedPayment[]>;
  /** Resolves when the order's pending payments have been decided. */
  decided(orderId: string): Promise<void>;
  shipmentsOf(orderId: string): Promise<ParcelStatus[]>;
  /** Statuses of the answers to the calls with an idempotency key; `null` for a call that was left without one. */
  answersTo(key: string): Promise<(number | null)[]>;
  stop(): Promise<void>;
}

const STATES = {
  pending: 'pending',
  requires_capture: 'authorized',
  canceled: 'voided',
  captured: 'captured',
  // A part was given back: the shop's record keeps it as captured.
  partially_refunded: 'captured',
  refunded: 'refunded',
} as const;
/** A parcel stays where it is for the length of a test, so that its booking can be cancelled. */
const NEVER_MS = 600_000;

export async function startProviderSandbox({ dispatchMs = NEVER_MS } = {}): Promise<ProviderSandbox> {
  const sandbox = await startSandboxUnderTest({ dispatchMs });

  async function paymentsOf(orderId: string): Promise<AuthorizedPayment[]> {
    return (await listOf(sandbox, 'payments'))
      .filter(({ merchant_reference, status }) => merchant_reference === orderId && status !== 'declined')
      .map(({ status, amount, amount_captured, amount_refunded }) => ({
        state: STATES[status as keyof typeof STATES],
        amount: Number(amount),
        captured: Number(amount_captured),
        refunded: Number(amount_refunded),
      }));
  }

  return {
    paymentsOf,
    decided: async (orderId) => {
      const noneIsPending = async () => (await paymentsOf(orderId)).every(({ state }) => state !== 'pending');
      await until(`a decision on the payments of ${orderId}`, noneIsPending);
    },
    provider: createHttpPaymentProvider({
      url: `${sandbox.url}/payment-provider/v1`,
      apiKey: 'sk_payments',
    }),
    carrier: createHttpCarrier({ url: `${sandbox.url}/carrier/v1`, apiKey: 'sk_carrier' }),
    shipmentsOf: async (orderId) =>
      (await listOf(sandbox, 'shipments'))
        .filter(({ reference }) => reference === orderId)
        .map(({ status }) => status as ParcelStatus),
    answersTo: async (key) =>
      (await listOf(sandbox, 'calls'))
        .filter(({ idempotency_key }) => idempotency_key === key)
        .map(({ status }) => status as number | null),
    stop: () => sandbox.stop(),
  };
}

async function listOf(sandbox: SandboxUnderTest, what: string): Promise<Record<string, unknown>[]> {
  return (await sandbox.get(`/sandbox/${what}`)).body.data;
}
