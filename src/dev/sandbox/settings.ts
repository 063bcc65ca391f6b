/** All that a sandbox is told; it reads no environment. Times are milliseconds. */
export interface SandboxSettings {
  readonly host: string;
  /** 0 takes a free one. */
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
  /** Keeps the state through a kill; without it the state ends with the process. */
  readonly journalFile?: string | undefined;
  readonly log: (message: string, fields?: Record<string, unknown>) => void;
}
