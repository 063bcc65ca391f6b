// Whatever a stranger has sent, it can be dead-lettered, read back, and be redriven once it is repaired.
import fc from 'fast-check';
import {
  createDeadLetters,
  createStreamReader,
  DEAD_LETTERS_STREAM,
  EVENTS_STREAM,
} from '../../../../src/adapters/nats';
import type { Delivery } from '../../../../src/delivery';
import type { Reason } from '../../../../src/contracts';
import { REASONS } from '../../../../src/contracts';
import { editDeadLetter, redriveDeadLetter, showDeadLetter } from '../../../../src/dead-letters';
import { deadLetterTools } from '../../../support/dead-letters';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { newKey, pingEvent } from '../../../support/ping/events';

/** Each is a few round trips to the server. */
const RUNS = 150;
const TEST_MS = 120_000;

let nats: TestNats;
beforeAll(async () => {
  nats = await startTestNats();
});
afterAll(() => nats.stop());

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ maxLength: 3_000 }),
  fc.constantFrom('Nats-Msg-Id', 'Nats-Expected-Last-Sequence', 'Nats-TTL', 'Nats-Rollup', 'Sagaline-Route'),
  fc.constantFrom('\r\nNats-TTL: 1', '\ud83d', '%', '%zz', '\u0000', '🛒'.repeat(600), ''),
);
const anyHeaders = fc
  .uniqueArray(fc.tuple(anyText, fc.array(anyText, { maxLength: 3 })), {
    selector: ([name]) => name,
    maxLength: 30,
  })
  .map((entries): Delivery['headers'] => Object.fromEntries(entries));
const anySubject = fc.oneof(
  anyText,
  fc
    .array(fc.oneof(anyText, fc.constantFrom('*', '>', 'evt', '')), { maxLength: 7 })
    .map((tokens) => tokens.join('.')),
);
const anyReason = fc.constantFrom(...(Object.keys(REASONS) as Reason[]));

test(
  'any headers, bytes, subject and texts become a dead letter that can be read and redriven when it is repaired',
  async () => {
    const tools = await deadLetterTools(nats.connection);
    const events = await createStreamReader(nats.connection, EVENTS_STREAM);
    const deadLetterReader = await createStreamReader(nats.connection, DEAD_LETTERS_STREAM);
    const deadLetters = createDeadLetters(nats.connection.jetstream(), () => new Date());
    let sequence = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          headers: anyHeaders,
          body: fc.uint8Array({ maxLength: 2_000 }),
          subject: anySubject,
          reason: anyReason,
          detail: anyText,
          path: fc.option(anyText, { nil: undefined }),
        }),
        async ({ headers, body, subject, reason, detail, path }) => {
          const delivery = {
            headers,
            body,
            subject,
            stream: 'EVENTS',
            sequence: ++sequence,
            deliveryCount: 1,
          };
          await deadLetters.publish({
            delivery: { ...delivery, storedAt: new Date() },
            rejection: { reason, detail, path },
          });
          const { last } = await deadLetterReader.bounds();
          const { deadLetter, state } = await showDeadLetter(tools, last);
          expect({ ...deadLetter, state }).toMatchObject({ reason, event: { sequence }, state: 'open' });
          expect(Buffer.from(deadLetter.body).equals(Buffer.from(body))).toBe(true);
          expect(deadLetter.omittedHeaders > 0 || deadLetter.headers).toEqual(
            deadLetter.omittedHeaders > 0 || { ...headers },
          );

          const sound = pingEvent(newKey());
          await editDeadLetter(tools, last, { body: sound.body, subject: sound.subject, by: 'tester' });
          const { operation } = await redriveDeadLetter(tools, last, { by: 'tester' });
          const redriven = await events.next('>', operation.sequence);
          expect(Buffer.from(redriven?.body ?? []).equals(Buffer.from(sound.body))).toBe(true);
        },
      ),
      { numRuns: RUNS },
    );
  },
  TEST_MS,
);
