import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Provider, Webhook } from './facts';
import { signWebhook } from './signature';
import { unixSeconds, type Sources } from './sources';
import type { Store } from './store';
import { traceOfCaller } from './trace';

export interface WebhookParts {
  readonly store: Store;
  readonly sources: Sources;
  readonly baseUrl: string;
  readonly secrets: Readonly<Record<Provider, string>>;
  readonly signal: AbortSignal;
  readonly log: (message: string, fields?: Record<string, unknown>) => void;
}

// Short, so that a development run does not wait for minutes as it would for a real provider.
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5_000;
// A receiver that needs longer should answer first and work later.
const ANSWER_DEADLINE_MS = 5_000;

/** How long to wait after a failed attempt (the first is 1): doubles from 250 ms to 5 s, the upper half at random. */
export function retryDelayMs(attempt: number, random: number): number {
  const full = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempt - 1));
  return Math.max(FIRST_RETRY_MS, full / 2 + (full / 2) * random);
}

export interface WebhookSender {
  /** Sends what earlier runs left undelivered; call it when the server has the port. */
  catchUp(): void;
}

/**
 * Sends each webhook until a 2xx answers it: at least once, with the same event id and bytes at every attempt. Those of
 * one payment or shipment are sent one after another, in order; different payments and shipments do not wait for each other.
 */
export function createWebhookSender({
  store,
  sources,
  baseUrl,
  secrets,
  signal,
  log,
}: WebhookParts): WebhookSender {
  const lanes = new Map<string, Promise<void>>();

  function enqueue(webhook: Webhook): void {
    const before = lanes.get(webhook.subject) ?? Promise.resolve();
    const traceparent = traceOfCaller();
    const lane = before
      .then(() => send(webhook, traceparent))
      .catch((error: unknown) => {
        if (!signal.aborted) log('a webhook was given up', { event: webhook.id, error });
      })
      .finally(() => {
        if (lanes.get(webhook.subject) === lane) lanes.delete(webhook.subject);
      });
    lanes.set(webhook.subject, lane);
  }

  function enqueueById(id: string): void {
    const webhook = store.state.webhooks.get(id);
    if (webhook) enqueue(webhook);
  }

  async function send(webhook: Webhook, traceparent: string | undefined): Promise<void> {
    for (let copy = 1; copy <= webhook.copies; copy++) {
      for (let attempt = 1; !(await accepted(webhook, attempt, traceparent)); attempt++) {
        await pause(retryDelayMs(attempt, sources.random()), undefined, { signal, ref: false });
      }
    }
    store.commit([{ kind: 'webhook-delivered', id: webhook.id }]);
  }

  async function accepted(
    { id, to, type, rawBody, encoding }: Webhook,
    attempt: number,
    traceparent: string | undefined,
  ): Promise<boolean> {
    signal.throwIfAborted();
    const timestamp = unixSeconds(sources.now());
    const signature = signWebhook({ secret: secrets[to], rawBody, timestamp });
    try {
      const response = await fetch(`${baseUrl}/webhooks/${to}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'webhook-signature': signature,
          ...(encoding && { 'content-encoding': encoding }),
          // Real providers seldom do this.
          ...(traceparent !== undefined && { traceparent }),
        },
        body: encoding ? gzipSync(rawBody) : rawBody,
        redirect: 'manual',
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_DEADLINE_MS)]),
      });
      await response.body?.cancel();
      if (!response.ok) log('a webhook was refused', { event: id, type, attempt, status: response.status });
      return response.ok;
    } catch (error) {
      signal.throwIfAborted();
      log('a webhook had no answer', { event: id, type, attempt, error });
      return false;
    }
  }

  const backlog = [...store.state.undelivered];
  store.onCommitted((fact) => {
    if (fact.kind === 'webhook-queued') enqueue(fact.webhook);
    if (fact.kind === 'webhook-requeued') enqueueById(fact.id);
  });
  return { catchUp: () => backlog.forEach(enqueueById) };
}
