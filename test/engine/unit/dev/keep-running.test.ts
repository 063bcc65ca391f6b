// A server that ends by itself is started again, with growing pauses; one that is stopped is not.
import type { Supervision } from '../../../../src/dev/stack/child';
import { keepRunning } from '../../../../src/dev/stack/keep-running';
import { remainingShare } from '../../../../src/dev/stack/stop-time';
import { until } from '../../../support/until';

function fakeServer(failing: (start: number) => boolean = () => false) {
  const exits: Supervision['onUnexpectedExit'][] = [];
  const lines: string[] = [];
  const pauses: number[] = [];
  const stopped: number[] = [];
  let starts = 0;
  const kept = keepRunning(
    (onUnexpectedExit) => {
      starts += 1;
      if (failing(starts)) return Promise.reject(new Error(`start ${starts} failed`));
      exits.push(onUnexpectedExit);
      const pid = 100 + starts;
      return Promise.resolve({ pid, stop: () => Promise.resolve(void stopped.push(pid)) });
    },
    {
      name: 'NATS',
      logFolder: '/data/logs',
      log: (line) => lines.push(line),
      pause: (ms) => Promise.resolve(pauses.push(ms)),
    },
  );
  const die = () => exits.at(-1)?.('NATS', 'ended by itself (signal SIGKILL)\nits log');
  return { kept, die, lines, pauses, stopped, starts: () => starts };
}

test('a server that was killed runs again, under its new pid', async () => {
  const { kept, die, lines, stopped } = fakeServer();
  const server = await kept;
  expect(server.pid).toBe(101);
  die();
  await until('it is up again', () => server.pid === 102);
  expect(lines).toEqual([
    'NATS has ended by itself (signal SIGKILL); starting it again',
    'NATS: is up again',
  ]);
  await server.stop();
  expect(stopped).toEqual([102]);
});

test('a server that cannot run is tried with growing pauses, and a person is told what to do', async () => {
  const { kept, die, lines, pauses, starts } = fakeServer((start) => start > 1 && start < 6);
  const server = await kept;
  die();
  await until('it is up again', () => server.pid === 106);
  expect(starts()).toBe(6);
  expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000]);
  expect(lines.filter((line) => line.includes('sagaline doctor'))).toHaveLength(1);
  expect(lines).toContain('start 3 failed');
});

test('the end of a server that is being stopped is no reason to start it', async () => {
  const { kept, die, starts } = fakeServer();
  const server = await kept;
  await server.stop();
  die();
  await new Promise(setImmediate);
  expect(starts()).toBe(1);
});

test('the first error of a start is the caller’s', async () => {
  await expect(fakeServer(() => true).kept).rejects.toThrow('start 1 failed');
});

test('one process that hangs leaves time to the others', () => {
  expect(remainingShare(8_000, { isLast: false, now: 0 })).toBe(4_000);
  expect(remainingShare(8_000, { isLast: true, now: 4_000 })).toBe(4_000);
  expect(remainingShare(8_000, { isLast: true, now: 9_000 })).toBeGreaterThan(0);
});
