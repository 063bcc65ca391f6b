import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FolderInUseError } from '../../../../src/dev/stack';
import type { FolderLock } from '../../../../src/dev/stack/folder-lock';
import { lockFolder } from '../../../../src/dev/stack/folder-lock';

const ROOT = path.resolve(__dirname, '../../../..');
/** Locks the folder, says so, and stays. */
const HOLDER = `
  require('./src/dev/stack/folder-lock').lockFolder(process.argv[1]).then(() => console.log('held'));
  setInterval(() => undefined, 60_000);`;
/** Where the lock is a file, two at once may both get it (lockFile). */
const AT_ONCE = process.platform === 'linux' ? 100 : 1;

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(path.join(tmpdir(), 'sagaline-lock-'))));
afterEach(() => rm(folder, { recursive: true }));

test('a suspended process keeps its folder; after its kill, one of those that start at once has it', async () => {
  const holder = spawn(process.execPath, ['--require', 'tsx/cjs', '-e', HOLDER, folder], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await once(holder.stdout, 'data');
    holder.kill('SIGSTOP');
    await expect(lockFolder(folder)).rejects.toBeInstanceOf(FolderInUseError);
  } finally {
    holder.kill('SIGKILL');
    await once(holder, 'exit');
  }
  // One checks whether a holder answers while another one takes the folder: so they start some turns of the loop apart.
  const starts: Promise<FolderLock>[] = [];
  while (starts.length < AT_ONCE) {
    starts.push(lockFolder(folder));
    await new Promise((resolve) => setImmediate(resolve));
  }
  const outcomes = await Promise.allSettled(starts);
  const locks = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  for (const lock of locks) await lock.release();
  expect(locks).toHaveLength(1);
});

test('a folder that is released is free', async () => {
  const lock = await lockFolder(folder);
  await lock.release();
  await (await lockFolder(folder)).release();
});
