import { setImmediate as turn } from 'node:timers/promises';
import { retryPause } from '../../../../src/delivery';
import { createCircuitBreaker } from '../../../../src/bridge/circuit-breaker';
import { rememberingLog } from '../../../support/log';

/** A breaker with a clock that the test moves, and pauses and attempts that the test ends. */
function breakerUnderTest() {
  const log = rememberingLog();
  const stop = new AbortController();
  const pauses: { ms: number; end: () => void }[] = [];
  let time = 10_000;
  const breaker = createCircuitBreaker({
    now: () => time,
    random: () => 0,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        pauses.push({ ms, end: resolve });
        signal.addEventListener('abort', () => resolve());
      }),
    log,
  });
  const running: string[] = [];
  const attempt = (name: string) => {
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const result = (async () => {
      const endAttempt = await breaker.admit(stop.signal);
      if (!endAttempt) return undefined;
      running.push(name);
      await ended;
      running.splice(running.indexOf(name), 1);
      endAttempt();
      return name;
    })();
    const finish = async () => {
      end();
      await settle();
    };
    return { result, end: finish };
  };
  return { breaker, attempt, running, pauses, log, stop, wait: (ms: number) => void (time += ms) };
}

/** Lets everything happen that can happen by itself. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 5; turns++) await turn();
}

const gone = new Error('gone');

describe('it opens', () => {
  test('when nobody was ever answered', () => {
    const { breaker } = breakerUnderTest();
    breaker.unanswered(gone);
    expect(breaker.isOpen()).toBe(true);
  });

  test('not for one event, however often, while others are answered', () => {
    const { breaker, wait, log } = breakerUnderTest();
    for (let times = 0; times < 100; times++) {
      breaker.answered();
      wait(999);
      breaker.unanswered(gone);
    }
    expect(breaker.isOpen()).toBe(false);
    expect(log.lines).toEqual([]);
    wait(1);
    breaker.unanswered(gone);
    expect(breaker.isOpen()).toBe(true);
  });
});

describe('while it is open', () => {
  test('one attempt runs at a time, after a pause that grows; its answer lets all others go', async () => {
    const { breaker, attempt, running, pauses } = breakerUnderTest();
    breaker.unanswered(gone);
    const [first] = [attempt('1'), attempt('2'), attempt('3')];
    await settle();
    expect(running).toEqual([]);
    expect(pauses.map(({ ms }) => ms)).toEqual([retryPause(1, () => 0)]);

    pauses[0]?.end();
    await settle();
    expect(running).toEqual(['1']);
    breaker.unanswered(new Error('still gone'));
    await first.end();
    expect(pauses.map(({ ms }) => ms)).toEqual([retryPause(1, () => 0), retryPause(2, () => 0)]);
    expect(running).toEqual([]);

    pauses[1]?.end();
    await settle();
    expect(running).toEqual(['2']);
    breaker.answered();
    expect(breaker.isOpen()).toBe(false);
    const late = attempt('late');
    await settle();
    expect(running).toEqual(['2', 'late']);
    await late.end();
  });

  test('attempts that wait end without one when we stop', async () => {
    const { breaker, attempt, running, stop } = breakerUnderTest();
    breaker.unanswered(gone);
    const waiting = [attempt('1'), attempt('2')];
    await settle();
    stop.abort();
    expect(await Promise.all(waiting.map(({ result }) => result))).toEqual([undefined, undefined]);
    expect(running).toEqual([]);
  });
});

test('the log has one line when it opens, and one with the time when it closes', () => {
  const { breaker, wait, log } = breakerUnderTest();
  for (let times = 0; times < 100; times++) breaker.unanswered(gone);
  wait(61_300);
  breaker.answered();
  breaker.answered();
  expect(log.lines.map(({ message }) => message)).toEqual([
    'Temporal is away: events are held',
    'Temporal is back: events go on',
  ]);
  expect(log.lines[1]?.fields).toEqual({ awaySeconds: 61.3 });
});
