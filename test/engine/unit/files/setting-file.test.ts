// A file that a setting names: what has no end, or is not there twice, is refused.
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checkFiles } from '../../../../src/adapters/nats/connection/credentials';
import { readTls } from '../../../../src/adapters/temporal/connection/tls';
import { readConfig } from '../../../../src/config';
import { InvalidConfigError } from '../../../../src/contracts';
import { credentialsIn } from '../../../../src/doctor/observe/files';
import { readSettingFile } from '../../../../src/files/setting-file';

/** A device; unlike /dev/zero it has an end, for the case that it is read after all. */
const DEVICE = '/dev/null';
const REFUSED = {
  problems: [expect.stringContaining(`${DEVICE} cannot be read (not a regular file)`) as string],
};

function problemsOf(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    return error instanceof InvalidConfigError ? { problems: error.problems } : error;
  }
}

let folder: string;
beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), 'setting-file-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a file is read, also through a link, as secrets are mounted', () => {
  const [file, link] = [path.join(folder, 'secret'), path.join(folder, 'link')];
  writeFileSync(file, 'seed');
  symlinkSync(file, link);
  expect([file, link].map((each) => readSettingFile(each).toString())).toEqual(['seed', 'seed']);
});

test('a folder is refused', () => {
  expect(() => readSettingFile(folder)).toThrow(`${folder} is not a regular file`);
});

test.each<[string, () => unknown]>([
  ['NATS', () => checkFiles({ nkeyFile: DEVICE })],
  ['Temporal', () => readTls({ serverCaCert: { setting: 'CA', path: DEVICE } })],
  ['a secret', () => readConfig({ SAGALINE_TOKEN_FILE: DEVICE }, { providers: [], database: 'none' })],
  ['a profile', () => readConfig({ TEMPORAL_CONFIG_FILE: DEVICE }, { providers: [], database: 'none' })],
])('a device is refused: %s', (_what, read) => {
  expect(problemsOf(read)).toEqual(REFUSED);
});

test('doctor says so, and goes on', () => {
  const about = { setting: 'API_KEYS_FILE', file: DEVICE, what: 'file of API keys', remedy: 'another' };
  expect(credentialsIn(about, () => [])).toMatchObject([{ unusable: 'cannot be read (not a regular file)' }]);
});
