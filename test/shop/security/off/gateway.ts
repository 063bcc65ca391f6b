import type { FastifyInstance } from 'fastify';
import {
  createFirstPublisher,
  createPublisher,
  createStreamReader,
  EVENTS_STREAM,
} from '../../../../src/adapters/nats';
import { createCatalogue, external } from '../../../../src/contracts';
import { createGateway } from '../../../../src/gateway';
import { inClear } from '../../../../src/security/personal';
import { shop as domain } from '../../../../domains/shop';
import { silentLog } from '../../../support/log';
import type { Started } from '../target';

/** A gateway that believes every source and every signature, and asks nobody for a token. */
export async function believingGateway({ shop: { nats } }: Started): Promise<FastifyInstance> {
  const catalogue = createCatalogue([domain]);
  const origin = external('anybody');
  return createGateway({
    catalogue: {
      ...catalogue,
      contractOf: (type) => {
        const contract = catalogue.contractOf(type);
        return contract && { ...contract, origin };
      },
      webhookOf: (provider) => {
        const webhook = catalogue.webhookOf(provider);
        return webhook && { ...webhook, verify: () => ({ ok: true }) };
      },
    },
    seal: inClear.seal,
    publish: createPublisher(nats.jetstream()),
    publishFirst: createFirstPublisher(nats.jetstream(), await createStreamReader(nats, EVENTS_STREAM)),
    submit: () => Promise.resolve({ kind: 'answered', answer: { accepted: true } }),
    authenticate: undefined,
    webhookSecrets: {},
    metrics: { accepted: () => undefined, refused: () => undefined, unknownFields: () => undefined },
    log: silentLog,
    clock: () => new Date(),
  });
}
