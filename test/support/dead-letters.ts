import type { NatsConnection } from 'nats';
import {
  createOperationLog,
  createRepublisher,
  createStreamReader,
  DEAD_LETTERS_STREAM,
  OPERATIONS_STREAM,
} from '../../src/adapters/nats';
import { createCatalogue } from '../../src/contracts';
import type { DeadLetterParts } from '../../src/dead-letters';
import { pingDomain } from './ping/domain';

/** The operators' tools on a real NATS; every workflow accepts its events, unless the test sets something else. */
export async function deadLetterTools(
  connection: NatsConnection,
  changes: Partial<DeadLetterParts> = {},
): Promise<DeadLetterParts> {
  const jetstream = connection.jetstream();
  return {
    catalogue: createCatalogue([pingDomain]),
    deadLetters: await createStreamReader(connection, DEAD_LETTERS_STREAM),
    operations: await createStreamReader(connection, OPERATIONS_STREAM),
    append: createOperationLog(jetstream),
    republish: createRepublisher(jetstream),
    forecast: () => Promise.resolve('delivered'),
    clock: () => new Date(),
    ...changes,
  };
}
