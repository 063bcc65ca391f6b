import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseDockerfile } from '../../../../scripts/deployment/dockerfile';
import { checkImage } from '../../../../scripts/deployment/image-checks';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'image-'));
  mkdirSync(path.join(folder, 'scripts', 'parts'), { recursive: true });
  writeFileSync(
    path.join(folder, 'scripts', 'build.mjs'),
    "import { join } from 'node:path';\nimport {\n  one,\n} from './parts/one.mjs';\n",
  );
  writeFileSync(path.join(folder, 'scripts', 'parts', 'one.mjs'), 'export const one = 1;\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

const problems = (...copies: string[]) =>
  checkImage(parseDockerfile(['FROM node:24.0.0-bookworm-slim', ...copies, 'USER node'].join('\n')), {
    ...{ folder, dockerignore: '*\n!scripts\n', engines: '>=24' },
  });

test('a script that imports a file which is not copied is a problem', () => {
  expect(problems('COPY scripts/build.mjs ./scripts/')).toEqual([
    'COPY scripts/build.mjs: it imports scripts/parts/one.mjs, which is not copied',
  ]);
});

test('one whose imports are copied, by themselves or with their folder, is none', () => {
  expect(
    problems('COPY scripts/build.mjs ./scripts/', 'COPY scripts/parts/one.mjs ./scripts/parts/'),
  ).toEqual([]);
  expect(problems('COPY scripts/build.mjs ./scripts/', 'COPY scripts/parts ./scripts/parts')).toEqual([]);
});
