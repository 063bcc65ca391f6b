import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { inUnits } from '../../../scripts/package/in-units';
import type { Newcomer } from './newcomer';
import type { Record } from './record';
import { run } from './shell';

const KIB = 1024;
const NAME = 'my-tickets';

export interface Project {
  readonly folder: string;
  readonly newcomer: Newcomer;
  /** `npx sagaline …` in it. */
  readonly sagaline: (
    args: readonly string[],
    options?: { env?: Newcomer['env']; code?: number },
  ) => Promise<string>;
  /** Any command in it. */
  readonly run: (command: readonly string[], code?: number) => Promise<string>;
  /** The same, whatever its exit code. */
  readonly any: (command: readonly string[]) => Promise<string>;
}

export function projectIn(newcomer: Newcomer, folder: string): Project {
  return {
    folder,
    newcomer,
    sagaline: (args, options = {}) =>
      run(newcomer, ['npx', 'sagaline', ...args], { cwd: folder, ...options }),
    run: (command, code = 0) => run(newcomer, command, { cwd: folder, code }),
    any: (command) => run(newcomer, command, { cwd: folder, code: 'any' }),
  };
}

/** From an empty folder to tests that pass: `init`, `npm install`, `npm run check`, `npm test`. */
export async function makeProject(
  newcomer: Newcomer,
  { tarball, record, show }: { tarball: string; record: Record; show: (output: string) => void },
): Promise<Project> {
  const project = projectIn(newcomer, path.join(newcomer.place, NAME));
  await record.step(`sagaline init ${NAME}`, async () => {
    const command = ['npx', '--yes', '--package', tarball, 'sagaline', 'init', NAME];
    const out = await run(newcomer, command, { cwd: newcomer.place });
    assert.match(out, /Next:\n {2}cd my-tickets\n {2}npm install/);
    show(out);
    return 'with the download of the package and its dependencies';
  });
  await project.run(['git', 'init', '--quiet']);
  await record.step('npm install', async () => {
    const out = await project.run(['npm', 'install', tarball]);
    assert.doesNotMatch(out, /ERESOLVE|deprecated|EBADENGINE/, out);
    show(out);
    const [, packages = '?'] = /added (\d+) packages/.exec(out) ?? [];
    return `${packages} packages, ${sizeOf(path.join(project.folder, 'node_modules'))} of node_modules`;
  });
  await commit(project, 'The template');
  await record.step('npm run check', async () => {
    await project.run(['npm', 'run', 'check']);
    return 'the types of the project';
  });
  await record.step('npm test', async () => {
    const out = await project.run(['npm', 'test']);
    show(out);
    return testsIn(out);
  });
  return project;
}

export async function commit({ run: inFolder }: Project, message: string): Promise<void> {
  await inFolder(['git', 'add', '--all']);
  const newcomer = ['-c', 'user.name=newcomer', '-c', 'user.email=newcomer@example.com'];
  await inFolder(['git', ...newcomer, 'commit', '--quiet', '--message', message]);
}

/** Without tsx the TypeScript of a project does not load, and that is one message. */
export async function checkWithoutTsx(project: Project): Promise<string> {
  const tsx = path.join(project.folder, 'node_modules', 'tsx');
  await project.run(['mv', tsx, `${tsx}-away`]);
  const out = await project.sagaline(['routes', 'list'], { code: 2 });
  assert.match(out, /tsx is missing.*npm install --save-dev tsx/, out);
  assert.doesNotMatch(out, /\n {4}at /, out);
  await project.run(['mv', `${tsx}-away`, tsx]);
  return 'one message, with the remedy';
}

/** Jest's own summary. */
export function testsIn(out: string): string {
  const [, tests] = /^Tests: +(.+)$/m.exec(out) ?? [];
  assert.ok(tests, `jest has told no number of tests:\n${out}`);
  return `tests: ${tests}`;
}

function sizeOf(folder: string): string {
  const [kib = ''] = execFileSync('du', ['-sk', folder], { encoding: 'utf8' }).split('\t');
  return inUnits(Number(kib) * KIB);
}
