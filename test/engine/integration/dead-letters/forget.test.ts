// What was dealt with long ago is removed; what is open stays, however old it is.
import {
  createRemover,
  createStreamReader,
  DEAD_LETTERS_STREAM,
  OPERATIONS_STREAM,
} from '../../../../src/adapters/nats';
import type { ForgetParts } from '../../../../src/dead-letters';
import { editDeadLetter, forgetDeadLetters, forgetOldOperations } from '../../../../src/dead-letters';
import { serverSettings, testCli } from '../../../support/cli';
import { deadLetterTools } from '../../../support/dead-letters';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { pingEvent } from '../../../support/ping/events';

let nats: TestNats;
let parts: ForgetParts;

beforeAll(async () => {
  nats = await startTestNats();
  parts = {
    deadLetters: await createStreamReader(nats.connection, DEAD_LETTERS_STREAM),
    operations: await createStreamReader(nats.connection, OPERATIONS_STREAM),
    remove: createRemover(nats.connection),
  };
});
afterAll(() => nats.stop());

const later = () => new Date(Date.now() + 1_000);
/** No dead letter has reached the age limit. */
const closed = (closedBefore: Date) => ({ closedBefore, storedBefore: new Date(0) });
const before = () => new Date(Date.now() - 60_000);

async function subjectsIn(stream: string): Promise<string[]> {
  const manager = await nats.connection.jetstreamManager();
  const { state } = await manager.streams.info(stream, { subjects_filter: '>' });
  return Object.keys(state.subjects ?? {}).sort();
}

test('closed dead letters go with their records, open ones, also edited, and young ones stay; other records go by their age', async () => {
  const jetstream = nats.connection.jetstream();
  for (const key of ['open', 'discarded', 'edited']) await jetstream.publish(`dlq.late.pings.${key}`, '{}');
  const cli = testCli(serverSettings(nats.url));
  expect(await cli('dead-letters', 'discard', '2', '--why', 'it is done')).toMatchObject({ code: 0 });
  const edit = { body: pingEvent('edited').body, subject: 'evt.pings.pinged.v2.edited', by: 'ada' };
  await editDeadLetter(await deadLetterTools(nats.connection), 3, edit);
  await jetstream.publish('ops.sagas.ping-1', '{}');
  await jetstream.publish('ops.dead-letters.99', '{}');

  expect(await forgetDeadLetters(parts, closed(before()))).toEqual({ removed: 0, open: [], next: 1 });
  expect(await forgetOldOperations(parts, before())).toBe(0);

  expect(await forgetDeadLetters(parts, closed(later()))).toEqual({ removed: 1, open: [], next: 1 });
  expect(await subjectsIn(DEAD_LETTERS_STREAM)).toEqual(['dlq.late.pings.edited', 'dlq.late.pings.open']);
  expect(await subjectsIn(OPERATIONS_STREAM)).toEqual([
    'ops.dead-letters.3',
    'ops.dead-letters.99',
    'ops.sagas.ping-1',
  ]);
  expect(await forgetDeadLetters(parts, closed(later()))).toEqual({ removed: 0, open: [], next: 1 });

  await jetstream.publish('ops.dead-letters.1', '{}');
  expect(await forgetOldOperations(parts, later())).toBe(2);
  expect(await subjectsIn(OPERATIONS_STREAM)).toEqual(['ops.dead-letters.1', 'ops.dead-letters.3']);
});

test('at the age limit open ones go, too, with their records, and are named', async () => {
  const ages = { closedBefore: new Date(0), storedBefore: later() };
  expect(await forgetDeadLetters(parts, ages)).toEqual({ removed: 2, open: [1, 3], next: 1 });
  expect(await subjectsIn(DEAD_LETTERS_STREAM)).toEqual([]);
  expect(await subjectsIn(OPERATIONS_STREAM)).toEqual([]);
});
