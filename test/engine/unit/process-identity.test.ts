import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, isRunning } from '../../../src/dev/stack/identity';
import { processState } from '../../support/process-state';

/** A shell, until the test has written a line to it: then it is another program in the same process. */
async function shell(script: string) {
  const child = spawn('/bin/sh', ['-c', script], { stdio: ['pipe', 'pipe', 'ignore'] });
  await once(child, 'spawn');
  return child;
}

test('a process keeps its identity when it becomes another program, and loses it when it ends', async () => {
  const child = await shell('read -r go && exec node -e \'console.log("up"); setInterval(() => 0, 1e6)\'');
  const before = identify(Number(child.pid));
  expect(before).toMatchObject({ pid: child.pid, started: expect.stringMatching(/\S/) });
  child.stdin.end('go\n');
  await once(child.stdout, 'data');
  expect(identify(Number(child.pid))).toEqual(before);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(identify(Number(child.pid))).toBeUndefined();
});

test('another start time is another process', () => {
  const self = identify(process.pid);
  if (self === undefined) throw new Error('we have no identity');
  expect(isRunning(self)).toBe(true);
  expect(isRunning({ ...self, started: `${self.started}1` })).toBe(false);
});

test('a process that has ended, but whose exit code nobody has collected, does not run', async () => {
  // The sleep that the shell becomes never asks for the exit code of the shell's child.
  const child = await shell('sleep 600 & echo $!; exec sleep 600');
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const pid = Number(String(line));
  try {
    const alive = identify(pid);
    expect(alive).toBeDefined();
    // Until then it is a shell still, and may ask.
    while (processState(child.pid ?? 0).program !== 'sleep') await sleep(20);
    process.kill(pid, 'SIGKILL');
    while (identify(pid) !== undefined) await sleep(20);
    expect(() => process.kill(pid, 0)).not.toThrow();
  } finally {
    child.kill('SIGKILL');
  }
});
