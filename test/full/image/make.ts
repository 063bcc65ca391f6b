import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Stage } from '../../../scripts/deployment/dockerfile';
import { copiesOf } from '../../../scripts/deployment/dockerfile';
import { environment } from '../../../src/config';

export interface Making {
  readonly stages: readonly Stage[];
  /** What is built from. */
  readonly context: string;
  /** An empty folder: each stage gets its root in it. */
  readonly place: string;
  readonly say: (line: string) => void;
}

/** A step runs on this machine: it must not reach out of its stage's folder. */
const ABSOLUTE = /(^|[\s"'=])\//;

/** Does the Dockerfile's steps without Docker, and answers with the folder that would be the image's working directory. */
export async function makeImage({ stages, context, place, say }: Making): Promise<string> {
  const workdirs = new Map<string | undefined, string>();
  for (const [index, stage] of stages.entries()) {
    const root = path.join(place, stage.name ?? 'image');
    const workdir = path.join(root, stage.instructions.find(({ name }) => name === 'WORKDIR')?.text ?? '/');
    workdirs.set(stage.name, workdir);
    mkdirSync(workdir, { recursive: true });
    const last = index === stages.length - 1;
    const copies = [...copiesOf(stage)];
    for (const { name, text } of stage.instructions) {
      if (name === 'COPY') {
        const { from, sources, target } = copies.shift() ?? { from: undefined, sources: [], target: '' };
        for (const source of sources)
          copy(path.join(from === undefined ? context : path.join(place, from), source), workdir, target);
      } else if (name === 'RUN' && last) {
        // Users and folders of the image's own system: the caller has others.
        say(`left out: ${text}`);
      } else if (name === 'RUN') {
        if (ABSOLUTE.test(text)) throw new Error(`this step names a path outside of its stage: ${text}`);
        const since = Date.now();
        await run(text, workdir);
        say(`${stage.name ?? ''}: ${text} (${Math.round((Date.now() - since) / 1_000)} s)`);
      }
    }
  }
  return workdirs.get(stages.at(-1)?.name) ?? place;
}

/** As Docker does: of a folder the contents, a file into a folder when the target ends with a slash. */
function copy(source: string, workdir: string, target: string): void {
  const place = path.resolve(workdir, target);
  const into = statSync(source).isDirectory() || !target.endsWith('/');
  cpSync(source, into ? place : path.join(place, path.basename(source)), {
    recursive: true,
    verbatimSymlinks: true,
  });
}

/** With this machine's tools, and none of the settings that npm hands to its scripts. */
async function run(command: string, cwd: string): Promise<void> {
  const { PATH, HOME } = environment();
  await promisify(execFile)('/bin/sh', ['-euc', command], { cwd, env: { PATH, HOME } });
}
