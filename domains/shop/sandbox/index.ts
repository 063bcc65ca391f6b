/**
 * The provider sandbox: a payment provider and a carrier that behave as third parties do, for development and tests.
 * README.md lists the magic inputs.
 */
import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { createCallRecord } from './calls';
import { serveControl } from './control';
import { createIdempotency } from './idempotency';
import { openJournal } from './journal';
import { serveBackOffice } from './payments/back-office';
import type { PaymentTimes } from './payments/payment';
import { servePaymentProvider } from './payments/routes';
import { createPlanner } from './planner';
import { createReplies } from './replies';
import { createServer } from './server';
import { DEFAULT_TIMES, type SandboxSettings } from './settings';
import { serveCarrier } from './shipments/routes';
import type { CarrierTimes } from './shipments/shipment';
import { systemSources } from './sources';
import { createStore } from './store';
import { createWebhookSender } from './webhooks';

export type { SandboxSettings } from './settings';

export interface Sandbox {
  readonly url: string;
  /** Breaks off calls and webhooks in flight, as a kill does, and closes the journal. Safe to call again. */
  stop(): Promise<void>;
}

/**
 * Starts the sandbox and continues where its journal ends.
 *
 * @throws JournalUnreadableError when the journal is damaged
 * @throws the server's error when the port is taken
 */
export async function startSandbox(settings: SandboxSettings): Promise<Sandbox> {
  const { log, slowMs } = settings;
  const sources = systemSources;
  const times = timesOf(settings);
  const stopping = new AbortController();
  const { signal } = stopping;
  // Each waiting plan and webhook listens to it; hundreds of listeners are usual and not a leak.
  setMaxListeners(0, signal);

  const journal = openJournal(settings.journalFile);
  try {
    const store = createStore(journal);
    const slowWork = () => pause(slowMs, undefined, { signal, ref: false });
    const replies = createReplies(slowWork);
    const idempotency = createIdempotency({ store, sources, keysForgottenMs: settings.keysForgottenMs });

    const planner = createPlanner({ store, sources, times, signal, log });
    const webhooks = createWebhookSender({
      store,
      sources,
      baseUrl: settings.webhookBaseUrl,
      secrets: { 'payment-provider': settings.paymentWebhookSecret, carrier: settings.carrierWebhookSecret },
      signal,
      log,
    });

    const calls = createCallRecord(sources);
    const app = createServer(calls, log);
    const shared = { store, sources, replies, idempotency, times };
    await app.register(
      (scope, _options, done) => {
        const { paymentApiKey: apiKey } = settings;
        servePaymentProvider(scope, { ...shared, apiKey, slowWork });
        done();
      },
      { prefix: '/payment-provider/v1' },
    );
    await app.register(
      (scope, _options, done) => {
        serveCarrier(scope, { ...shared, apiKey: settings.carrierApiKey });
        done();
      },
      { prefix: '/carrier/v1' },
    );
    serveControl(app, { store, calls }, replies);
    serveBackOffice(app, { store, sources, replies, times });
    const url = await app.listen({ host: settings.host, port: settings.port });

    // Only after the server has the port: a second sandbox, started by mistake, must not act on the journal of the first.
    planner.catchUp();
    webhooks.catchUp();

    return {
      url,
      stop: async () => {
        // Connections are closed first: a call in flight gets no answer, as from a dead process, instead of a wrong one.
        app.server.closeAllConnections();
        stopping.abort();
        await app.close();
        journal.close();
      },
    };
  } catch (error) {
    journal.close();
    throw error;
  }
}

function timesOf(settings: SandboxSettings): PaymentTimes & CarrierTimes {
  const { pendingMs, dispatchMs, deliveryMs } = settings;
  const { authorizationMs, shortAuthorizationMs, actionMs, disputeMs } = DEFAULT_TIMES;
  return {
    pendingMs,
    dispatchMs,
    deliveryMs,
    authorizationMs: settings.authorizationMs ?? authorizationMs,
    shortAuthorizationMs: settings.shortAuthorizationMs ?? shortAuthorizationMs,
    actionMs: settings.actionMs ?? actionMs,
    disputeMs: settings.disputeMs ?? disputeMs,
  };
}
