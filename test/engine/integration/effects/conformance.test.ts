import {
  createPostgresOccurrences,
  doOnce,
  performOnce,
  reverseOnce,
  compensateOnce,
} from '../../../../src/effects';
import { effectsConformance } from '../../../support/conformance/effects';
import { occurrencesConformance } from '../../../support/conformance/occurrences';
import type { TestDatabase } from '../../../support/database';
import { createTestDatabase } from '../../../support/database';

let test: TestDatabase;
let records: TestDatabase;
afterAll(() => Promise.all([test.end(), records.end()]));

describe('the table of effects in PostgreSQL', () =>
  effectsConformance(async () => {
    test = await createTestDatabase();
    const { database } = test;
    const now = (work: () => unknown) => () => Promise.resolve(void work());
    return {
      doOnce: (key, work) => doOnce(database, key, () => new Promise((resolve) => resolve(work()))),
      compensateOnce: (undoes, work) => compensateOnce(database, undoes, now(work)),
      performOnce: (external) => performOnce(database, { ...external, record: now(external.record) }),
      reverseOnce: (reversal) => reverseOnce(database, { ...reversal, record: now(reversal.record) }),
    };
  }));

describe('the occurrences in PostgreSQL', () =>
  occurrencesConformance(async () => {
    records = await createTestDatabase();
    return createPostgresOccurrences(records.database);
  }));
