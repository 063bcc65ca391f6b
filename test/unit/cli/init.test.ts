// `sagaline init`: a template in a folder, or one message that says why not; nothing that is there is touched.
import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const ROOT = path.resolve(__dirname, '../../..');
const folder = mkdtempSync(path.join(tmpdir(), 'sagaline-init-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function init(...args: string[]): Promise<{ code: number; out: string; error: string }> {
  const command = ['--conditions=sagaline-source', path.join(ROOT, 'bin', 'sagaline.mjs'), 'init', ...args];
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, command, { cwd: folder });
    return { code: 0, out: stdout, error: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: stdout, error: stderr };
  }
}

test('writes a project, and says what to do next', async () => {
  const { code, out } = await init('My Hotel');
  expect(code).toBe(0);
  expect(out).toContain('npm install');
  expect(out).toContain('cd My Hotel');
  const made = path.join(folder, 'My Hotel');
  const manifest = JSON.parse(readFileSync(path.join(made, 'package.json'), 'utf8')) as {
    name: string;
    dependencies: Record<string, string>;
  };
  const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    version: string;
  };
  expect(manifest.name).toBe('my-hotel');
  expect(manifest.dependencies['sagaline']).toBe(version);
  for (const file of ['.gitignore', 'sagaline.config.ts', 'test/histories/booked.json'])
    expect(existsSync(path.join(made, file))).toBe(true);
});

test('the template asks for the versions that this package is tested with', () => {
  const read = (file: string) =>
    JSON.parse(readFileSync(path.join(ROOT, file), 'utf8')) as Record<
      string,
      Record<string, string> | undefined
    >;
  const ours = read('package.json');
  const known = { ...ours['dependencies'], ...ours['devDependencies'], ...ours['peerDependencies'] };
  const template = read('create/templates/minimal/_package.json');
  const wanted = Object.entries({ ...template['dependencies'], ...template['devDependencies'] });
  const others = wanted.filter(([name, version]) => name !== 'sagaline' && known[name] !== version);
  expect(others).toEqual([]);
});

test('a folder with one of its files stays as it is', async () => {
  const there = path.join(folder, 'there');
  mkdirSync(there);
  writeFileSync(path.join(there, 'tsconfig.json'), '{}');
  const { code, error } = await init('there');
  expect({ code, error }).toEqual({
    code: 2,
    error: expect.stringContaining('there has tsconfig.json already'),
  });
  expect(readdirSync(there)).toEqual(['tsconfig.json']);
  expect(readFileSync(path.join(there, 'tsconfig.json'), 'utf8')).toBe('{}');
});

test.each([
  [['new', '--template', 'shoe'], 'there is no template "shoe"; there are minimal'],
  [['_'], 'is no name for a package'],
])('%j is one message', async (args, message) => {
  const { code, error } = await init(...args);
  expect(code).toBe(2);
  expect(error.trim().split('\n')).toEqual([expect.stringContaining(message)]);
});
