import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readConfig } from '../../../../src/config';
import { keys } from '../../../../src/doctor/observe/keys';

let folder: string;
beforeAll(() => (folder = mkdtempSync(path.join(tmpdir(), 'sagaline-keys-'))));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the doctor says of an empty file of public keys. */
function saidOf(environment: Readonly<Record<string, string>>): readonly (string | undefined)[] {
  const file = path.join(folder, 'empty');
  writeFileSync(file, '');
  const config = readConfig(
    { NODE_ENV: 'development', EVENT_SIGNING_KEYS_FILE: file, ...environment },
    { providers: [] },
  );
  return keys(config).map(({ unusable }) => unusable);
}

test('a file of signing keys that cannot be used is told where events are signed', () => {
  expect(saidOf({ EVENT_SIGNATURES: 'report' })).toEqual([expect.stringContaining('it is not JSON')]);
});

test.each([{}, { EVENT_SIGNATURES: 'off' }])('and not where nobody reads it: %j', (environment) => {
  expect(saidOf(environment)).toEqual([]);
});
