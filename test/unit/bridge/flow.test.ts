import { setImmediate as turn } from 'node:timers/promises';
import { backoff } from '../../../src/bridge/backoff';
import { createFlow } from '../../../src/bridge/flow';
import { rememberingLog } from '../../support/log';

/** A flow with a clock that the test moves, and pauses that the test ends. */
function flowUnderTest(most: number) {
  const log = rememberingLog();
  const stop = new AbortController();
  const pauses: { ms: number; end: () => void }[] = [];
  let time = 0;
  const flow = createFlow({
    most,
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
  const finished: string[] = [];
  /** An attempt that lasts until it is ended. */
  const attempt = (name: string, { alone = false, temporal = true } = {}) => {
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const result = flow.run(
      async () => {
        running.push(name);
        await ended;
        running.splice(running.indexOf(name), 1);
        finished.push(name);
        return name;
      },
      { alone, temporal, stopping: stop.signal },
    );
    return {
      result,
      end: async () => {
        end();
        await settle();
      },
    };
  };
  const wait = (ms: number) => void (time += ms);
  return { flow, attempt, running, finished, pauses, log, stop, wait };
}

/** Lets everything happen that can happen by itself. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 5; turns++) await turn();
}

describe('concurrency', () => {
  test('is bounded; who waits goes in the order of asking', async () => {
    const { attempt, running } = flowUnderTest(2);
    const [one, , three] = [attempt('1'), attempt('2'), attempt('3'), attempt('4')];
    await settle();
    expect(running).toEqual(['1', '2']);
    await one.end();
    expect(running).toEqual(['2', '3']);
    await three.end();
    expect(running).toEqual(['2', '4']);
    expect(await one.result).toBe('1');
  });

  test('is halved when Temporal is exhausted, once for the answers of one moment, and never below one', () => {
    const { flow, wait, log } = flowUnderTest(64);
    flow.heard('exhausted', new Error('too many'));
    flow.heard('exhausted', new Error('too many'));
    expect(flow.limit()).toBe(32);
    for (let cuts = 0; cuts < 10; cuts++) {
      wait(1_000);
      flow.heard('exhausted', new Error('too many'));
    }
    expect(flow.limit()).toBe(1);
    expect(log.lines[0]).toMatchObject({ level: 'warn', fields: { limit: 32 } });
    expect(log.lines[0]?.message).toBe('Temporal is overloaded: fewer events at once');
  });

  test('grows by one when as many attempts as are allowed at once were taken', () => {
    const { flow, wait } = flowUnderTest(8);
    flow.heard('exhausted');
    expect(flow.limit()).toBe(4);
    for (let taken = 0; taken < 3; taken++) flow.heard('taken');
    expect(flow.limit()).toBe(4);
    flow.heard('taken');
    expect(flow.limit()).toBe(5);
    for (let taken = 0; taken < 100; taken++) flow.heard('taken');
    expect(flow.limit()).toBe(8);
    wait(1_000);
    flow.fellBehind();
    expect(flow.limit()).toBe(4);
    for (let taken = 0; taken < 3; taken++) flow.heard('taken');
    wait(1_000);
    flow.fellBehind();
    flow.heard('taken');
    expect(flow.limit()).toBe(2);
    flow.heard('taken');
    expect(flow.limit()).toBe(3);
  });

  test('that was cut lets nobody in until enough have left', async () => {
    const { flow, attempt, running } = flowUnderTest(4);
    const first = ['1', '2', '3', '4'].map((name) => attempt(name));
    void attempt('5');
    flow.heard('exhausted');
    await first[0]?.end();
    await first[1]?.end();
    expect(running).toEqual(['3', '4']);
    await first[2]?.end();
    expect(running).toEqual(['4', '5']);
  });

  test('that grows lets in who waits, without anybody leaving', async () => {
    const { flow, attempt, running } = flowUnderTest(4);
    flow.heard('exhausted');
    for (const name of ['1', '2', '3']) void attempt(name);
    await settle();
    expect(running).toEqual(['1', '2']);
    flow.heard('taken');
    flow.heard('taken');
    await settle();
    expect(running).toEqual(['1', '2', '3']);
  });

  test('an attempt that throws leaves its place to the next', async () => {
    const { flow, stop } = flowUnderTest(1);
    const lane = { alone: false, temporal: true, stopping: stop.signal };
    await expect(flow.run(() => Promise.reject(new Error('a defect')), lane)).rejects.toThrow('a defect');
    expect(await flow.run(() => Promise.resolve('next'), lane)).toBe('next');
  });
});

describe('an attempt that wants to be alone', () => {
  test('waits for those before it, and those behind it wait for it', async () => {
    const { attempt, running } = flowUnderTest(64);
    const before = attempt('before');
    const suspect = attempt('suspect', { alone: true });
    const behind = attempt('behind', { temporal: false });
    await settle();
    expect(running).toEqual(['before']);
    await before.end();
    expect(running).toEqual(['suspect']);
    await suspect.end();
    expect(running).toEqual(['behind']);
    await behind.end();
  });

  test('is not beside another one of its kind', async () => {
    const { attempt, running } = flowUnderTest(64);
    const one = attempt('one', { alone: true });
    void attempt('other', { alone: true });
    await settle();
    expect(running).toEqual(['one']);
    await one.end();
    expect(running).toEqual(['other']);
  });
});

describe('while Temporal is away', () => {
  test('one attempt goes at a time, after a pause that grows; its answer lets all others go', async () => {
    const { flow, attempt, running, pauses } = flowUnderTest(64);
    flow.heard('away', new Error('gone'));
    const [first] = [attempt('1'), attempt('2'), attempt('3')];
    await settle();
    expect(running).toEqual([]);
    expect(pauses.map(({ ms }) => ms)).toEqual([backoff(1, () => 0)]);

    pauses[0]?.end();
    await settle();
    expect(running).toEqual(['1']);
    flow.heard('away', new Error('still gone'));
    await first.end();
    expect(pauses.map(({ ms }) => ms)).toEqual([backoff(1, () => 0), backoff(2, () => 0)]);
    expect(running).toEqual([]);

    pauses[1]?.end();
    await settle();
    expect(running).toEqual(['2']);
    flow.heard('taken');
    expect(flow.away()).toBe(false);
    await settle();
    expect(running).toEqual(['2']);
  });

  test('what does not ask Temporal goes on', async () => {
    const { flow, attempt, running } = flowUnderTest(64);
    flow.heard('away');
    void attempt('malformed', { temporal: false });
    await settle();
    expect(running).toEqual(['malformed']);
  });

  test('who waits is sent away when we stop', async () => {
    const { flow, attempt, running, stop } = flowUnderTest(64);
    flow.heard('away');
    const waiting = [attempt('1'), attempt('2')];
    await settle();
    stop.abort();
    expect(await Promise.all(waiting.map(({ result }) => result))).toEqual([undefined, undefined]);
    expect(running).toEqual([]);
  });

  test('the log says so once, and for how long it was', () => {
    const { flow, wait, log } = flowUnderTest(64);
    for (let times = 0; times < 100; times++) flow.heard('away', new Error('gone'));
    wait(61_300);
    flow.heard('exhausted');
    expect(log.lines.map(({ message }) => message)).toEqual([
      'Temporal is away: events are held',
      'Temporal is back: events go on',
      'Temporal is overloaded: fewer events at once',
    ]);
    expect(log.lines[1]?.fields).toEqual({ awaySeconds: 61.3 });
  });
});
