// A new version of the image under load, as docs/deploys.md has it for Docker Compose: all workers are replaced at once, and what is
// open goes on with the new ones.
import { runProgram } from './engine';
import type { Project } from './project';

const NEXT = 'next';

interface Pool {
  readonly pool: string;
  readonly current: string;
  readonly versions: readonly { readonly buildId: string; readonly pinned: number }[];
}

export interface Update {
  readonly seconds: number;
  /** Open workflows of the version before, which were moved. */
  readonly moved: number;
}

/** @param engineEnvironment for `docker` */
export async function updateImage(
  project: Project,
  engineEnvironment: Readonly<Record<string, string>>,
): Promise<Update> {
  // The same code under another version: what an update does does not depend on what has changed.
  const built = await runProgram('docker', ['build', '--tag', `sagaline:${NEXT}`, '-'], {
    environment: { ...engineEnvironment, DOCKER_BUILDKIT: '0' },
    input: `FROM sagaline:0.1.0\nENV BUILD_ID=${NEXT}\n`,
  });
  if (built.code !== 0) throw new Error(built.said);
  const seconds = await project.up({ SAGALINE_VERSION: NEXT, BUILD_ID: NEXT });
  let moved = 0;
  for (const { pool, current, versions } of await poolsOf(project))
    for (const { buildId, pinned } of versions)
      if (buildId !== current && pinned > 0) {
        moved += pinned;
        await must(project, ['deploy', 'move', pool, '--from', buildId, '--reason', 'update under load']);
      }
  return { seconds, moved };
}

async function poolsOf(project: Project): Promise<readonly Pool[]> {
  // It ends with 1 while open workflows are pinned to a version without workers: that is what is asked for.
  const { said } = await project.sagaline('deploy', 'status', '--output', 'json');
  const json = said.split('\n').find((line) => line.startsWith('{'));
  if (json === undefined) throw new Error(`deploy status: ${said}`);
  return (JSON.parse(json) as { readonly pools: readonly Pool[] }).pools;
}

async function must(project: Project, words: readonly string[]): Promise<void> {
  const { code, said } = await project.sagaline(...words);
  if (code !== 0) throw new Error(`sagaline ${words.join(' ')} ended with ${code}:\n${said}`);
}
