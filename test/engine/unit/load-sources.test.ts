// How the command line of the repository loads the sources: run by Node.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { FROM_SOURCES } from '../../support/quick-start';

const ROOT = path.resolve(__dirname, '../../..');
const SCRIPT = path.join(ROOT, 'scripts/load-sources.mjs');

const SOURCES = {
  'one.ts': `console.log('loads one'); export const one: number = 1; export const another = 11;`,
  'two.ts': `console.log('loads two'); export const two: number = 2;`,
  'index.ts': `export { one, another as other } from './one';\nexport { two } from './two';\nexport type { Three } from './three';`,
  'all.ts': `export * from './index';`,
  'node_modules/old/package.json': '{}',
  'node_modules/old/index.js': `exports.loadedBy = new Error().stack.includes('tsx') ? 'tsx' : 'Node';`,
  'node_modules/new/package.json': `{ "type": "module", "exports": "./index.js" }`,
  'node_modules/new/index.js': `export const kind = 'module';`,
  'packages.ts': `export { loadedBy } from 'old'; export { kind } from 'new';`,
  'own/index.ts': `import { one } from '../one';\nexport { one };\nexport const twice: number = one + one;`,
};

describe('re-exports in the sources', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sagaline-lazy-'));
    for (const [name, source] of Object.entries(SOURCES)) {
      const file = path.join(folder, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, source);
    }
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each([
    ['by tsx', []],
    ['as tests start processes', FROM_SOURCES],
  ])('%s, a module is loaded when one of its names is used, and once', async (_, options) => {
    const code = `const all = require('./index.ts'); console.log('used'); console.log(all.two, all.two);`;
    expect(await run(code, { options })).toEqual(['used', 'loads two', '2 2']);
  });

  test('so is a module behind `export *`', async () => {
    const code = `const all = require('./all.ts'); console.log(Object.keys(all).sort().join()); all.other;`;
    expect(await run(code)).toEqual(['one,other,two', 'loads one']);
  });

  test('an index file that uses a module itself keeps it', async () => {
    const code = `const { one, twice } = require('./own/index.ts'); console.log(one, twice);`;
    expect(await run(code)).toEqual(['loads one', '1 2']);
  });

  test('files of other folders load what they name', async () => {
    const code = `const all = require('./index.ts'); console.log('used');`;
    expect(await run(code, { lazy: path.join(folder, 'own') })).toEqual(['loads one', 'loads two', 'used']);
  });

  test('packages are loaded by Node, those of ES modules too', async () => {
    const code = `const { loadedBy, kind } = require('./packages.ts'); console.log(loadedBy, kind);`;
    expect(await run(code)).toEqual(['Node module']);
  });

  /** @returns the lines of the output */
  async function run(
    code: string,
    { lazy = folder, options = [] }: { lazy?: string; options?: readonly string[] } = {},
  ): Promise<string[]> {
    const whole = `
      import(${JSON.stringify(SCRIPT)}).then(({ loadSources }) => {
        loadSources(${JSON.stringify(lazy)});
        ${code}
      });`;
    const { stdout } = await promisify(execFile)(process.execPath, [...options, '--eval', whole], {
      cwd: folder,
    });
    return stdout.trim().split('\n');
  }
});
