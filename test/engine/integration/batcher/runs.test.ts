// No event is lost where a run of a batcher ends: on a real server, whose continue-as-new and closing are atomic.
import { temporal } from '@temporalio/proto';
import type { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { BATCHER_STATES } from '../../../../src/contracts';
import { testTemporal } from '../../../support/bridge';
import { quietRuntime } from '../../../../src/testing';
import type { TallyDriver, Tallying } from '../../../support/ping/tally-driver';
import { ids, startTallying } from '../../../support/ping/tally-driver';
import { prepared } from '../../../support/setup/handover';
import { until } from '../../../support/until';

jest.setTimeout(60_000);

const { WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND } = temporal.api.enums.v1.WorkflowTaskFailedCause;
const SECOND = 1_000;
const PORTION = 22;
/** The answer to one flush in this many portions is lost. */
const LOST_EVERY = 3;

let client: Client;
let connection: NativeConnection;
let tallying: Tallying;

beforeAll(async () => {
  quietRuntime();
  client = testTemporal();
  connection = await NativeConnection.connect({ address: prepared('servers').temporalAddress });
});
afterAll(async () => {
  await connection.close();
  await client.connection.close();
});
beforeEach(async () => {
  tallying = await startTallying(client, connection);
});
afterEach(() => tallying.stop());

/** How often the server has refused the end of a run because something had come. */
async function refusedEnds({ handle, runs }: TallyDriver): Promise<number> {
  let refused = 0;
  for (const runId of await runs()) {
    const { events } = await client.workflow.getHandle(handle.workflowId, runId).fetchHistory();
    refused += (events ?? []).filter(
      ({ workflowTaskFailedEventAttributes: failed }) =>
        failed?.cause === WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND,
    ).length;
  }
  return refused;
}

/** Sends these in the tasks that would end a run, one in each. */
function sendAtTheEnd(tally: TallyDriver, ...late: string[]): void {
  tallying.onEnd(async () => {
    const id = late.shift();
    if (id !== undefined) await tally.send(id);
  });
}

const applied = (count: number) =>
  until(`${count} events applied`, () => tallying.applied().length >= count && tallying.applied().sort());

test('an event that comes while the batcher closes is in the same run, which goes on', async () => {
  const tally = tallying.open({ size: 3, withinMs: SECOND / 2 });
  sendAtTheEnd(tally, 'late-1', 'late-2');
  await tally.send('a1');
  expect(await applied(3)).toEqual(['a1', 'late-1', 'late-2']);
  await tally.handle.result();
  expect(await refusedEnds(tally)).toBe(2);
  expect(await tally.runs()).toHaveLength(1);
  expect(tallying.ids()).toEqual([['a1'], ['late-1'], ['late-2']]);
});

test('an event that comes while the batcher continues as new goes on with it', async () => {
  const tally = tallying.open({ size: 50, withinMs: SECOND });
  sendAtTheEnd(tally, 'late-1');
  await tally.send(...ids('a', 20));
  expect(await applied(21)).toEqual([...ids('a', 20), 'late-1'].sort());
  await tally.handle.result();
  expect(await refusedEnds(tally)).toBe(1);
  expect(await tally.runs()).toHaveLength(2);
  expect(tallying.ids().flat()).toEqual([...ids('a', 20), 'late-1']);
});

test('all of many events are applied in order, once, over many runs, flushes failing now and then', async () => {
  const tally = tallying.open({ size: 7, withinMs: SECOND });
  const sent = ids('a', 140);
  const repeated = sent.flatMap((id, index) => (index % 10 === 0 ? [id, id] : [id]));
  // In portions: while a flush fails, its run cannot be continued.
  for (let from = 0; from < repeated.length; from += PORTION) {
    if (from % (LOST_EVERY * PORTION) === 0) tallying.loseAnswer('record');
    const portion = repeated.slice(from, from + PORTION);
    await tally.send(...portion);
    await until('the portion', () => tallying.applied().includes(portion.at(-1) ?? ''));
  }
  expect((await tally.handle.result()) as object).toMatchObject({ state: BATCHER_STATES.idle });
  expect(tallying.applied()).toEqual(sent);
  const { runs } = tally;
  const seen = await runs();
  process.stdout.write(
    `Batcher: ${repeated.length} signals, ${seen.length} runs, ${tallying.batches.length} flushes\n`,
  );
  expect(seen.length).toBeGreaterThan(5);
  // Beside those whose answers got lost, no flush was done twice.
  const flushes = tallying.batches.map(({ flush }) => flush);
  expect(flushes.length - new Set(flushes).size).toBe(Math.ceil(repeated.length / (LOST_EVERY * PORTION)));
});

test('a policy that has changed holds from the next opening on', async () => {
  const before = { size: 2, withinMs: SECOND };
  const tally = tallying.open(before);
  await tally.send('a1');
  const changed = tally.with({ size: 3, withinMs: SECOND });
  await changed.send('a2', 'a3', 'a4');
  await until('two batches', () => tallying.batches.length === 2);
  await tally.handle.result();
  await changed.send('b1', 'b2', 'b3');
  await until('a third', () => tallying.batches.length === 3);
  expect(tallying.ids()).toEqual([
    ['a1', 'a2'],
    ['a3', 'a4'],
    ['b1', 'b2', 'b3'],
  ]);
});

test('a terminated batcher is opened again', async () => {
  const tally = tallying.open({ size: 2, withinMs: SECOND });
  await tally.send('a1');
  await tally.handle.terminate();
  await tally.send('b1', 'b2');
  expect(await applied(2)).toEqual(['b1', 'b2']);
});
