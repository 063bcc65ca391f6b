/** All settings of a sandbox; it reads no environment. Times are milliseconds. */
export interface SandboxSettings {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Where webhooks go: `<webhookBaseUrl>/webhooks/payment-provider` and `<webhookBaseUrl>/webhooks/carrier`. */
  readonly webhookBaseUrl: string;
  readonly paymentApiKey: string;
  readonly paymentWebhookSecret: string;
  readonly carrierApiKey: string;
  readonly carrierWebhookSecret: string;
  /** From a shipment's booking to its dispatch. */
  readonly dispatchMs: number;
  /** From a shipment's dispatch to its delivery, or loss. */
  readonly deliveryMs: number;
  /** From a pending payment's answer to its outcome. */
  readonly pendingMs: number;
  /** How long `tok_slow` takes, and how long a call whose answer is lost hangs before its connection breaks. */
  readonly slowMs: number;
  /** From an authorisation, or its renewal, to its expiry; seven days when absent. */
  readonly authorizationMs?: number | undefined;
  /** The same for the tokens whose authorization expires; ten seconds when absent. Never longer than `authorizationMs`. */
  readonly shortAuthorizationMs?: number | undefined;
  /** How long a customer may take for 3-D Secure; fifteen minutes when absent. */
  readonly actionMs?: number | undefined;
  /** From the capture with `tok_disputed` to its dispute; two seconds when absent. */
  readonly disputeMs?: number | undefined;
  /** After this time an idempotency key counts as new; never when absent. */
  readonly keysForgottenMs?: number | undefined;
  /** The file that keeps the state when the process is killed; without it the state ends with the process. */
  readonly journalFile?: string | undefined;
  readonly log: (message: string, fields?: Record<string, unknown>) => void;
}

const SECOND = 1_000;

/** The defaults. Card networks hold an authorization for about seven days; banks end 3-D Secure after some minutes. */
export const DEFAULT_TIMES = {
  authorizationMs: 7 * 24 * 3_600 * SECOND,
  shortAuthorizationMs: 10 * SECOND,
  actionMs: 15 * 60 * SECOND,
  disputeMs: 2 * SECOND,
};
