import { execFile } from 'node:child_process';
import path from 'node:path';
import { debianPackage } from '../debian';

export interface Promtool {
  /** @returns what it says, on both outputs, and whether it has found nothing wrong */
  run(args: readonly string[], input?: string): Promise<{ readonly ok: boolean; readonly said: string }>;
  remove(): Promise<void>;
}

/** promtool of Debian's package prometheus. */
export async function debiansPromtool(): Promise<Promtool> {
  const { programs, remove } = await debianPackage('prometheus');
  const program = path.join(programs, 'promtool');
  return {
    run: (args, input) =>
      new Promise((resolve) => {
        const child = execFile(program, args, (error, out, problems) =>
          resolve({ ok: error === null, said: `${out}${problems}`.trim() }),
        );
        child.stdin?.end(input ?? '');
      }),
    remove,
  };
}
