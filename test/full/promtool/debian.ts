import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Promtool {
  /** @returns what it says, on both outputs, and whether it has found nothing wrong */
  run(args: readonly string[], input?: string): Promise<{ readonly ok: boolean; readonly said: string }>;
  remove(): Promise<void>;
}

/** promtool of Debian's package prometheus, in a folder of its own: nothing is installed. */
export async function debiansPromtool(): Promise<Promtool> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sagaline-promtool-'));
  try {
    await run('apt-get', ['download', 'prometheus'], { cwd: folder });
    const file = (await readdir(folder)).find((name) => name.endsWith('.deb'));
    if (file === undefined) throw new Error('apt-get has downloaded no package prometheus');
    await run('dpkg', ['--extract', file, '.'], { cwd: folder });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  const program = path.join(folder, 'usr', 'bin', 'promtool');
  return {
    run: (args, input) =>
      new Promise((resolve) => {
        const child = execFile(program, args, (error, out, problems) =>
          resolve({ ok: error === null, said: `${out}${problems}`.trim() }),
        );
        child.stdin?.end(input ?? '');
      }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
