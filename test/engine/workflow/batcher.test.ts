// When a batch is flushed, and what is in it: with time that can be skipped.
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { BATCHER_STATES, DECIDE, RefusalError } from '../../../src/contracts';
import { startSkippingServer } from '../../../src/testing';
import type { TallyDriver, Tallying } from '../../support/ping/tally-driver';
import { ids, pingOf, startTallying } from '../../support/ping/tally-driver';
import { PINGED_V2 } from '../../support/ping/names';
import { until } from '../../support/until';

const SERVER_WITHIN_MS = 60_000;
const SECOND = 1_000;
/** Time enough for a task, and far less than what the policies count in. */
const SLACK = SECOND;

let env: TestWorkflowEnvironment;
let tallying: Tallying;

beforeAll(async () => {
  env = await startSkippingServer();
}, SERVER_WITHIN_MS);
afterAll(() => env.teardown());
beforeEach(async () => {
  tallying = await startTallying(env.client, env.nativeConnection);
});
afterEach(() => tallying.stop());

const batches = (count: number) =>
  until(`${count} batches`, () => tallying.batches.length >= count && tallying.ids());
const BY_TIME = { size: 100, withinMs: 60 * SECOND };
const endOf = ({ handle }: TallyDriver) => handle.result() as Promise<{ state: string; seen: string[] }>;

describe('a batch is flushed', () => {
  test('as soon as it is full, and the rest is the next one', async () => {
    const tally = tallying.open({ ...BY_TIME, size: 4 });
    const { send } = tally;
    await send(...ids('a', 4));
    expect(await batches(1)).toEqual([ids('a', 4)]);
    await send(...ids('b', 6));
    expect(await batches(2)).toEqual([ids('a', 4), ids('b', 4)]);
    await endOf(tally);
    expect(tallying.ids()).toEqual([ids('a', 4), ids('b', 4), ['b5', 'b6']]);
  });

  test('in its time after its first event, not before', async () => {
    const { send } = tallying.open(BY_TIME);
    await send('a1');
    await env.sleep(30 * SECOND);
    await send('a2');
    await env.sleep(30 * SECOND - 5 * SLACK);
    expect(tallying.ids()).toEqual([]);
    await send('a3');
    await env.sleep(10 * SLACK);
    expect(await batches(1)).toEqual([['a1', 'a2', 'a3']]);
  });

  test('after a pause, not while events keep coming', async () => {
    const { send } = tallying.open({ ...BY_TIME, debounceMs: 10 * SECOND });
    for (const id of ids('a', 4)) {
      await send(id);
      await env.sleep(7 * SECOND);
    }
    expect(tallying.ids()).toEqual([]);
    await env.sleep(5 * SECOND);
    expect(await batches(1)).toEqual([ids('a', 4)]);
  });

  test('in its time though there is no pause', async () => {
    const { send } = tallying.open({ ...BY_TIME, debounceMs: 10 * SECOND });
    for (const id of ids('a', 8)) {
      await send(id);
      await env.sleep(7 * SECOND);
    }
    await send('b1');
    await env.sleep(5 * SECOND);
    expect(await batches(1)).toEqual([[...ids('a', 8), 'b1']]);
  });
});

describe('events that come', () => {
  test('during a flush are the next batch, whose time counts from the first of them', async () => {
    const tally = tallying.open({ ...BY_TIME, size: 4 });
    const flushing = tallying.hold('record');
    await tally.send(...ids('a', 4));
    await flushing.reached;
    await tally.untilState(BATCHER_STATES.flushing);
    await tally.send('b1', 'b2');
    await env.sleep(5 * SECOND);
    flushing.release();
    await batches(1);
    await tally.untilState(BATCHER_STATES.collecting);
    await env.sleep(55 * SECOND - 5 * SLACK);
    expect(tallying.ids()).toEqual([ids('a', 4)]);
    await env.sleep(7 * SLACK);
    expect(await batches(2)).toEqual([ids('a', 4), ['b1', 'b2']]);
  });

  test('repeatedly are in one batch once, also when that batch has been flushed', async () => {
    const tally = tallying.open({ ...BY_TIME, size: 3 });
    await tally.send('a1', 'a2', 'a1', 'a3');
    await batches(1);
    await tally.send('a2', 'b1');
    const { seen } = await endOf(tally);
    expect(tallying.ids()).toEqual([['a1', 'a2', 'a3'], ['b1']]);
    expect(seen).toEqual(['a1', 'a2', 'a3', 'b1'].map((id) => `/test/tally ${id}`));
  });

  test('by hand and are none of its own are ignored and counted', async () => {
    const tally = tallying.open(BY_TIME);
    await tally.send('a1');
    const key = tally.handle.workflowId.slice('tally-'.length);
    const own = pingOf(key, 'by-hand');
    await tally.handle.signal(PINGED_V2, 'nonsense');
    await tally.handle.signal('anything');
    await tally.handle.signal('anything', { ...own, type: 'anything' });
    await tally.handle.signal(PINGED_V2, pingOf('another', 'by-hand'));
    await tally.handle.signal(PINGED_V2, { ...own, data: { ...(own.data as object), pingId: 'another' } });
    await tally.handle.signal(PINGED_V2, { ...own, data: { ...(own.data as object), urgency: 'high' } });
    await endOf(tally);
    expect(tallying.ids()).toEqual([['a1']]);
    const metrics = await tallying.metrics();
    const counted = (why: string) =>
      Number(
        new RegExp(
          `^sagaline_workflow_signals_ignored_total{workflow="tally",why="${why}".*} (\\d+)$`,
          'm',
        ).exec(metrics)?.[1],
      );
    const all = ['no-event', 'another-key', 'wrong-shape', 'another-type'];
    expect(all.map((why) => [why, counted(why)])).toEqual([
      ['no-event', 2],
      ['another-key', 1],
      ['wrong-shape', 2],
      ['another-type', 1],
    ]);
  });
});

describe('a batcher', () => {
  test('closes when nothing comes for a while, and is opened again', async () => {
    const tally = tallying.open(BY_TIME);
    await tally.send('a1');
    expect((await endOf(tally)).state).toBe(BATCHER_STATES.idle);
    expect(await tally.state()).toBe(BATCHER_STATES.idle);
    await tally.send('b1');
    expect((await tally.handle.describe()).status.name).toBe('RUNNING');
    await endOf(tally);
    expect(tallying.ids()).toEqual([['a1'], ['b1']]);
    const flushes = tallying.batches.map(({ flush }) => flush);
    expect(new Set(flushes).size).toBe(2);
    for (const flush of flushes) expect(flush).toMatch(/^tally-p-[0-9a-f-]+:[0-9a-f-]{36}:0$/);
  });

  test('stays open while events come, and keeps its repeats in mind', async () => {
    const tally = tallying.open({ size: 1, withinMs: 60 * SECOND });
    for (const id of ids('a', 3)) {
      await tally.send(id);
      await env.sleep(50 * SECOND);
    }
    await tally.send('a1');
    await endOf(tally);
    expect(tallying.ids()).toEqual([['a1'], ['a2'], ['a3']]);
    expect(tallying.batches.map(({ flush }) => flush.split(':').at(-1))).toEqual(['0', '1', '2']);
  });

  test('gives its next run what it has not flushed, with its time, and what it has seen', async () => {
    const tally = tallying.open({ ...BY_TIME, size: 15 });
    await tally.send(...ids('a', 15));
    await batches(1);
    await tally.untilState(BATCHER_STATES.idle);
    await tally.send('b1');
    await env.sleep(30 * SECOND);
    await tally.send(...ids('b', 4, 2));
    await until('the second run', async () => {
      const { raw } = await tally.handle.describe();
      return raw.workflowExecutionInfo?.firstRunId !== raw.workflowExecutionInfo?.execution?.runId;
    });
    await tally.send('a3', 'b5', 'c1');
    await env.sleep(30 * SECOND - 5 * SLACK);
    expect(tallying.ids()).toEqual([ids('a', 15)]);
    await env.sleep(7 * SLACK);
    expect(await batches(2)).toEqual([ids('a', 15), [...ids('b', 5), 'c1']]);
    expect(tallying.batches.map(({ flush }) => flush.split(':').at(-1))).toEqual(['0', '1']);
    const { seen } = await endOf(tally);
    expect(seen).toHaveLength(21);
  });

  test('that is cancelled flushes what it has, and closes', async () => {
    const tally = tallying.open(BY_TIME);
    await tally.send('a1', 'a2');
    await tally.handle.cancel();
    expect(await batches(1)).toEqual([['a1', 'a2']]);
    expect((await endOf(tally)).state).toBe(BATCHER_STATES.idle);
  });
});

describe('a flush', () => {
  test('is repeated until it succeeds, with the same batch and key', async () => {
    const tally = tallying.open({ ...BY_TIME, size: 2 });
    tallying.fail('record', new Error('our database is away'), 12);
    await tally.send('a1', 'a2');
    await endOf(tally);
    expect(tallying.ids()).toEqual([['a1', 'a2']]);
    expect(tallying.calls).toHaveLength(13);
    expect(new Set(tallying.calls.map(({ input }) => JSON.stringify(input))).size).toBe(1);
  });

  test('that is refused waits for a person, in the open, and loses nothing that comes meanwhile', async () => {
    const tally = tallying.open({ ...BY_TIME, size: 2 });
    tallying.fail('record', refusal, 2);
    await tally.send('a1', 'a2');
    await tally.untilState(BATCHER_STATES.flushStuck);
    await tally.send('b1', 'b2');
    await tally.handle.signal(DECIDE, { kind: 'retry' });
    await until('a second refusal', () => tallying.calls.length === 2);
    await tally.untilState(BATCHER_STATES.flushStuck);
    await tally.handle.signal(DECIDE, { kind: 'retry' });
    expect(await batches(2)).toEqual([
      ['a1', 'a2'],
      ['b1', 'b2'],
    ]);
  });

  test('that is refused is left out by a decision only', async () => {
    const tally = tallying.open({ ...BY_TIME, size: 2 });
    tallying.fail('record', refusal);
    await tally.send('a1', 'a2');
    await tally.untilState(BATCHER_STATES.flushStuck);
    await tally.handle.signal(DECIDE, { kind: 'skip' });
    expect(await tally.state()).toBe(BATCHER_STATES.flushStuck);
    await tally.handle.signal(DECIDE, { kind: 'done-by-hand', reason: 'counted on paper' });
    await tally.send('b1', 'b2');
    await endOf(tally);
    expect(tallying.ids()).toEqual([['b1', 'b2']]);
  });
});

const refusal = new RefusalError('no-such-tally', 'The book is closed.');
