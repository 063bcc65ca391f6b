// What the package's build makes of index files: run by Node, as a project loads them.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { ModuleKind, transpileModule } from 'typescript';

const SCRIPT = path.resolve(__dirname, '../../../scripts/package/lazy-exports.mjs');

const SOURCES = {
  'one.ts': `console.log('loads one'); export const one = 1; export const another = 11;`,
  'two.ts': `console.log('loads two'); export const two = 2;`,
  'index.ts': `export { one, another as other } from './one';\nexport { two } from './two';\nexport type { Three } from './three';`,
  'all.ts': `export * from './index';`,
  'user.ts': `import { one } from './one';\nexport { one };\nexport const twice = one + one;`,
};

describe('re-exports in the package', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sagaline-lazy-'));
    for (const [name, source] of Object.entries(SOURCES)) {
      const { outputText } = transpileModule(source, {
        compilerOptions: { module: ModuleKind.CommonJS, sourceMap: true },
        fileName: name,
      });
      await writeFile(path.join(folder, name.replace('.ts', '.js')), outputText);
    }
    await run(
      'module',
      `import { makeExportsLazy } from ${JSON.stringify(SCRIPT)}; makeExportsLazy(${JSON.stringify(folder)});`,
    );
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('a module is loaded when one of its names is used, and once', async () => {
    const said = await run(
      'commonjs',
      `const all = require('./index'); console.log('used'); console.log(all.two, all.two);`,
    );
    expect(said).toEqual(['used', 'loads two', '2 2']);
  });

  test('so is a module behind `export *`', async () => {
    expect(
      await run('commonjs', `const all = require('./all'); console.log(Object.keys(all).join()); all.other;`),
    ).toEqual(['one,other,two', 'loads one']);
  });

  test('an ES module finds the names', async () => {
    const said = await run('module', `import { other, two } from './index.js'; console.log(other, two);`);
    expect(said.at(-1)).toBe('11 2');
  });

  test('a file that uses a module itself keeps it', async () => {
    expect(
      await run('commonjs', `const { one, twice } = require('./user'); console.log(one, twice);`),
    ).toEqual(['loads one', '1 2']);
  });

  /** @returns the lines of the output */
  async function run(type: 'module' | 'commonjs', code: string): Promise<string[]> {
    const args = [`--input-type=${type}`, '--eval', code];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder });
    return stdout.trim().split('\n');
  }
});
