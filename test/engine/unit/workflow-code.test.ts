import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { workflowBundle } from '../../../src/runtime/workflows/code';
import { FROM_SOURCES } from '../../support/quick-start';

const PACKAGES = path.resolve(__dirname, '../../../node_modules');
const BUNDLING_PROCESS = path.resolve(__dirname, '../../support/bundling-process.ts');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sagaline-workflow-code-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('where the build has left a bundle, that one is loaded', async () => {
  const codePath = path.join(folder, 'bundle.js');
  writeFileSync(codePath, '');
  expect(await workflowBundle({ root: folder }, folder)).toEqual({ codePath });
});

describe('a bundle of the sources', () => {
  const cache = () => path.join(folder, 'node_modules', '.cache', 'sagaline');
  const workflows = () => path.join(folder, 'workflows');
  const write = (file: string, text: string) => writeFileSync(path.join(workflows(), file), text);

  let bundler: ChildProcess;
  async function bundle(): Promise<string> {
    bundler.send(workflows());
    const [code] = (await once(bundler, 'message')) as [string];
    return code;
  }

  /** Replaces the code that is kept, so that it can be told from a new bundle. */
  function mark(): void {
    const [file = ''] = readdirSync(cache());
    const kept = path.join(cache(), file);
    const { dependencies } = JSON.parse(readFileSync(kept, 'utf8')) as { dependencies: unknown };
    writeFileSync(kept, JSON.stringify({ dependencies, code: 'kept' }));
  }

  beforeAll(() => {
    bundler = fork(BUNDLING_PROCESS, { execArgv: [...FROM_SOURCES] });
    mkdirSync(workflows(), { recursive: true });
    mkdirSync(path.join(folder, 'node_modules'));
    symlinkSync(path.join(PACKAGES, '@temporalio'), path.join(folder, 'node_modules', '@temporalio'));
    write('index.ts', `export { one } from './one';`);
    write('one.ts', `export async function one(): Promise<string> { return 'first'; }`);
  });

  afterAll(() => void bundler.kill());

  test('is read again until a file changes that it was made of', async () => {
    expect(await bundle()).toContain(`'first'`);
    mark();
    expect(await bundle()).toBe('kept');

    write('one.ts', `export async function one(): Promise<string> { return 'second'; }`);
    expect(await bundle()).toContain(`'second'`);
  });

  test('is made anew when a file appears that is taken instead', async () => {
    mkdirSync(path.join(workflows(), 'two'));
    write('two/index.ts', `export async function two(): Promise<string> { return 'folder'; }`);
    write('index.ts', `export { one } from './one'; export { two } from './two';`);
    expect(await bundle()).toContain(`'folder'`);
    write('two.ts', `export async function two(): Promise<string> { return 'file'; }`);
    expect(await bundle()).toContain(`'file'`);
  });

  test('is made anew when what is kept is damaged', async () => {
    const [file = ''] = readdirSync(cache());
    writeFileSync(path.join(cache(), file), '{');
    expect(await bundle()).toContain(`'file'`);
  });
});
