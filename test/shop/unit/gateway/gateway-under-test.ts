import type { Publish, PublishReceipt } from '../../../../src/adapters/nats';
import type { OutgoingEvent } from '../../../../src/contracts';
import { createCatalogue } from '../../../../src/contracts';
import { shop } from '../../../../domains/shop';
import type { GatewayParts } from '../../../../src/gateway';
import { createGateway } from '../../../../src/gateway';
import { inClear } from '../../../../src/security/personal';
import { rememberingLog } from '../../../support/log';
import { pingDomain } from '../../../support/ping/domain';

/** The time on the gateway's clock. */
export const NOW = new Date('2026-01-01T12:00:00Z');
export const RECEIPT: PublishReceipt = { stream: 'EVENTS', sequence: 42, duplicate: false };

/** A gateway that publishes into a list. Nothing listens: requests are injected. */
export function gatewayUnderTest(parts: Partial<GatewayParts> = {}) {
  const published: OutgoingEvent[] = [];
  const counted: string[] = [];
  const log = rememberingLog();
  const publish: Publish = (event) => {
    published.push(event);
    return Promise.resolve(RECEIPT);
  };
  const app = createGateway({
    catalogue: createCatalogue([pingDomain, shop]),
    publish,
    seal: inClear.seal,
    publishFirst: async (event) => ({ kind: 'published', receipt: await publish(event) }),
    submit: () => Promise.resolve({ kind: 'answered', answer: { accepted: true } }),
    webhookSecrets: {
      'payment-provider': ['the new secret', 'the old secret'],
      carrier: ['the carrier’s secret'],
    },
    metrics: {
      accepted: (endpoint, duplicate) =>
        void counted.push(`${endpoint}: ${duplicate ? 'duplicate' : 'accepted'}`),
      refused: (endpoint, reason) => void counted.push(`${endpoint}: ${reason}`),
      unknownFields: (type, fields) => void counted.push(`unknown in ${type}: ${fields.join()}`),
    },
    log,
    clock: () => NOW,
    ...parts,
  });
  return { app, published, counted, log };
}
