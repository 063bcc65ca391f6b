// What the benchmark charges a server with: its children too, also those that have ended, and shared memory once.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { treeCpuSeconds, treeMiB, treeOf } from '../../../../bench/peers/process-tree';

// Only Linux tells.
const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('a tree of processes', () => {
  let parent: ChildProcess;
  afterEach(() => parent.kill('SIGKILL'));

  /** A shell that runs `script` and says `done`, then waits. */
  async function shell(script: string): Promise<number> {
    parent = spawn('/bin/sh', ['-c', `${script}; echo done; read forever`], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    if (parent.stdout) await once(parent.stdout, 'data');
    return parent.pid ?? 0;
  }

  test('has the children of its children', async () => {
    const pid = await shell('(sleep 60 & sleep 60) & sleep 0.1');
    const tree = treeOf(pid);
    expect(tree[0]).toBe(pid);
    expect(tree.length).toBeGreaterThanOrEqual(3);
    expect(treeMiB(pid)).toBeGreaterThan(0);
    for (const child of tree.slice(1)) process.kill(child, 'SIGKILL');
  });

  test('is charged for a child that has ended', async () => {
    // Counts, rather than waits: a busy machine may give it little in any time.
    const burn = 'at=0; while [ $at -lt 100000 ]; do at=$((at + 1)); done';
    const pid = await shell(`(${burn})`);
    expect(treeOf(pid)).toEqual([pid]);
    expect(treeCpuSeconds(pid)).toBeGreaterThan(0.02);
  });
});
