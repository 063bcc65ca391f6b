import type { WorkflowHandle } from '@temporalio/client';
import { deferred } from '../../../../src/async';
import type { Participant } from '../../../../src/testing/matrix/clock';
import { shareClock } from '../../../../src/testing/matrix/clock';
import { undoesInOrder } from '../../../../src/testing/matrix/engine-invariants';
import { follow } from '../../../../src/testing/matrix/follow';
import { cellsOf, nameOf } from '../../../../src/testing/matrix/faults';
import type { Call } from '../../../../src/testing/matrix/recorder';
import { failuresInWords, matrixInWords } from '../../../../src/testing/matrix/report';

const call = (activityId: string, activity: string, input: object): Call => ({
  step: activity,
  activity,
  input,
  activityId,
  isLocal: false,
  attempts: 1,
  last: 'done',
});

describe('the cells', () => {
  const shown = {
    steps: [
      { row: 'bookHotel', activity: 'bookHotel' },
      { row: 'bookHotel 2', activity: 'bookHotel' },
    ],
    events: [
      { row: 'trips.requested', hadDeadline: false },
      { row: 'trips.departed', hadDeadline: true },
    ],
  };

  test('are those that make sense', () => {
    const cells = cellsOf(shown, {}).map(nameOf);
    expect(cells.filter((name) => name.startsWith('bookHotel ×'))).toHaveLength(6);
    expect(cells.filter((name) => name.startsWith('trips.requested'))).toEqual([
      'trips.requested × repeated',
      'trips.requested × worker killed here',
    ]);
    expect(cells.filter((name) => name.startsWith('trips.departed'))).toHaveLength(5);
  });

  test('only a step that may be refused is', () => {
    const refused = cellsOf(shown, { refusals: { bookHotel: 'no-room' } }).filter(
      ({ fault }) => fault === 'refused',
    );
    expect(refused.map(({ row }) => row)).toEqual(['bookHotel', 'bookHotel 2']);
  });
});

describe('the order of compensating', () => {
  const undoes = { cancelHotel: 'bookHotel', cancelFlight: 'bookFlight' };
  const steps = [call('1', 'bookHotel', { key: 'h' }), call('2', 'bookFlight', { key: 'f' })];
  const historyOf = (...ids: string[]) =>
    ids.map((activityId) => ({ activityTaskScheduledEventAttributes: { activityId } }));

  test('is right the other way round', () => {
    const calls = [
      ...steps,
      call('3', 'cancelFlight', { undoes: 'f' }),
      call('4', 'cancelHotel', { undoes: { key: 'h' } }),
    ];
    expect(undoesInOrder({ history: historyOf('1', '2', '3', '4'), calls }, undoes)).toEqual([]);
  });

  test('is wrong the same way', () => {
    const calls = [
      ...steps,
      call('3', 'cancelHotel', { undoes: 'h' }),
      call('4', 'cancelFlight', { undoes: 'f' }),
    ];
    expect(undoesInOrder({ history: historyOf('1', '2', '3', '4'), calls }, undoes)).toEqual([
      'cancelHotel came before cancelFlight: not the reverse order of doing',
    ]);
  });
});

test('the matrix as a person reads it', () => {
  const report = {
    saga: 'trip',
    seconds: 1.25,
    cells: [
      {
        cell: { kind: 'step', row: 'bookHotel', fault: 'fails once' },
        violations: [],
        state: 'travelled',
        calls: [],
      },
      {
        cell: { kind: 'event', row: 'trips.departed', fault: 'late', index: 1 },
        violations: ['it has not ended'],
        state: undefined,
        calls: [call('1', 'bookHotel', {})],
      },
    ],
  } as const;
  const words = matrixInWords(report);
  expect(words).toContain('Fault matrix of trip: 2 cells, 1 ✓, 1 ✗, 1.3 s');
  expect(words).toMatch(/bookHotel +✓ +· +· +· +· +·/);
  expect(words).toMatch(/trips\.departed +· +· +✗ +· +·/);
  expect(failuresInWords(report)).toContain(
    "alone: give sagaFaultMatrix the option { only: 'trips.departed × late' }",
  );
});

test('the shared clock moves when all wait, and no further than the first of them wants', async () => {
  let now = 0;
  const moves: number[] = [];
  const clock = shareClock(
    {
      currentTimeMs: () => Promise.resolve(now),
      sleep: (ms) => {
        moves.push(Number(ms));
        now += Number(ms);
        return Promise.resolve();
      },
    },
    1_000,
  );
  const [one, other] = [clock.join(), clock.join()];
  const woken: string[] = [];
  const waiting = one.until(100).then(() => woken.push('one'));
  await Promise.resolve();
  expect(moves).toEqual([]);
  void other.until(300).then(() => woken.push('other'));
  await waiting;
  expect(moves).toEqual([100]);
  expect(woken).toEqual(['one']);
  one.leave();
  await new Promise((resolve) => setImmediate(resolve));
  expect(moves).toEqual([100, 200]);
  expect(woken).toEqual(['one', 'other']);
});

test('a clock that stands still is told to all who wait, and they can go on', async () => {
  const { promise: held, resolve: release } = deferred();
  const clock = shareClock({ currentTimeMs: () => Promise.resolve(0), sleep: () => held }, 20);
  const [one, other] = [clock.join(), clock.join()];
  const told = await Promise.allSettled([one.until(100), other.until(300)]);
  const reason = expect.objectContaining({ message: expect.stringContaining('did not move within 20 ms') });
  expect(told).toEqual([
    { status: 'rejected', reason },
    { status: 'rejected', reason },
  ]);
  release();
  one.leave();
  await other.until(300);
});

test('an error of the server is told to all who wait, and they can go on', async () => {
  const answers = [Promise.reject(new Error('14 UNAVAILABLE')), Promise.resolve()];
  const sleep = () => answers.shift() ?? Promise.resolve();
  const clock = shareClock({ currentTimeMs: () => Promise.resolve(0), sleep }, 1_000);
  const [one, other] = [clock.join(), clock.join()];
  const told = await Promise.allSettled([one.until(100), other.until(300)]);
  expect(told.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  one.leave();
  await other.until(300);
});

test('a run skips no pause while one of its steps is under way: the server holds its clock for all runs', async () => {
  const events = ['1', '2'].map((activityId, index) => ({
    eventId: index,
    activityTaskScheduledEventAttributes: { activityId },
  }));
  const handle = { fetchHistory: () => Promise.resolve({ events }) } as unknown as WorkflowHandle;
  const failed = new Map([['1', 2]]);
  const skipped: number[] = [];
  const participant: Participant = {
    now: () => Promise.resolve(0),
    until: (instant) => Promise.resolve(void skipped.push(instant)),
    leave: () => undefined,
  };
  const recorder = { failedAttempts: (id: string) => failed.get(id) };
  const follower = follow(handle, recorder, participant, 50);
  await expect(follower.settle()).rejects.toThrow('it stands still: pending');
  expect(skipped).toEqual([]);
  failed.set('2', 1);
  await expect(follower.settle()).rejects.toThrow('it stands still: pending');
  expect(skipped).toEqual([1_000]);
});
