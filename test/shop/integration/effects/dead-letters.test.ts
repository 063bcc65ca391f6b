// Events that a workflow will never apply are in the outbox when it goes on: each once, and as it was published.
import { createCatalogue, DEAD_LETTER_HEADERS, decodeEvent } from '../../../../src/contracts';
import type { DomainEvent } from '../../../../src/contracts';
import { createPostgresDeadLetterStore } from '../../../../src/effects';
import { shop as shopDomain } from '../../../../domains/shop';
import { deadLetterStoreConformance } from '../../support/conformance';
import type { TestDatabase } from '../../../support/database';
import { createTestDatabase } from '../../../support/database';

const names = DEAD_LETTER_HEADERS;
let records: TestDatabase;

beforeAll(async () => {
  records = await createTestDatabase();
});

afterAll(() => records.end());

interface Row {
  body: Buffer;
  headers: Record<string, string>;
}

describe('dead letters of workflows in the outbox', () =>
  deadLetterStoreConformance(() =>
    Promise.resolve({
      deadLetterStore: createPostgresDeadLetterStore(records.database),
      deadLetteredOf: async (orderId) => {
        const rows = await records.database.query<Row>(
          `select body, headers from sagaline.outbox where subject = 'dlq.late.orders.' || $1 order by id`,
          [orderId],
        );
        return rows.map(({ body, headers }) => ({
          event: decoded(body),
          reason: headers[names.reason] as 'late',
          workflowId: headers[names.workflow] ?? '',
          detail: headers[names.detail] ?? '',
        }));
      },
    }),
  ));

function decoded(body: Buffer): DomainEvent {
  const decoding = decodeEvent({ headers: {}, body }, createCatalogue([shopDomain]));
  if (!decoding.ok) throw new Error(decoding.rejection.detail);
  return decoding.event;
}
