import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findConfig, loadApp } from '../../../../src/runtime/load';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sagaline-config-'));
  mkdirSync(path.join(folder, 'build'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const found = () => {
  const file = findConfig(folder);
  return file && path.relative(folder, file);
};

test.each([
  'sagaline.config.ts',
  'sagaline.config.mts',
  'sagaline.config.js',
  'sagaline.config.mjs',
  'build/sagaline.config.js',
  'build/sagaline.config.mjs',
])('%s is found', (name) => {
  writeFileSync(path.join(folder, name), '');
  expect(found()).toBe(name);
});

test('the sources are found before what was built of them', () => {
  writeFileSync(path.join(folder, 'build/sagaline.config.mjs'), '');
  writeFileSync(path.join(folder, 'sagaline.config.mts'), '');
  expect(found()).toBe('sagaline.config.mts');
});

test('where there is none, the message says how to get one', () => {
  expect(found()).toBeUndefined();
  expect(() => loadApp(folder)).toThrow('or make one with "npx sagaline init"');
});
