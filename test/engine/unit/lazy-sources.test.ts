// What the command line of the repository makes of the sources' index files: run by Node with tsx, as its processes load them.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const ROOT = path.resolve(__dirname, '../../..');
const SCRIPT = path.join(ROOT, 'scripts/package/lazy-sources.mjs');
const TSX = require.resolve('tsx/cjs/api');

const SOURCES = {
  'one.ts': `console.log('loads one'); export const one: number = 1; export const another = 11;`,
  'two.ts': `console.log('loads two'); export const two: number = 2;`,
  'index.ts': `export { one, another as other } from './one';\nexport { two } from './two';\nexport type { Three } from './three';`,
  'all.ts': `export * from './index';`,
  'own/index.ts': `import { one } from '../one';\nexport { one };\nexport const twice: number = one + one;`,
};

describe('re-exports in the sources', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sagaline-lazy-'));
    await mkdir(path.join(folder, 'own'));
    for (const [name, source] of Object.entries(SOURCES)) await writeFile(path.join(folder, name), source);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('a module is loaded when one of its names is used, and once', async () => {
    const code = `const all = require('./index.ts'); console.log('used'); console.log(all.two, all.two);`;
    expect(await run(code)).toEqual(['used', 'loads two', '2 2']);
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
    expect(await run(code, path.join(folder, 'own'))).toEqual(['loads one', 'loads two', 'used']);
  });

  /** @returns the lines of the output */
  async function run(code: string, lazy = folder): Promise<string[]> {
    const whole = `
      require(${JSON.stringify(TSX)}).register();
      import(${JSON.stringify(SCRIPT)}).then(({ makeSourcesLazy }) => {
        makeSourcesLazy(${JSON.stringify(lazy)});
        ${code}
      });`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--eval', whole], { cwd: folder });
    return stdout.trim().split('\n');
  }
});
