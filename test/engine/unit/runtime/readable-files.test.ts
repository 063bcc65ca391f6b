// Files with secrets that every user of the machine may read are named when a process starts.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { warnOfReadableFiles } from '../../../../src/runtime/readable-files';
import { rememberingLog } from '../../../support/log';

const folder = mkdtempSync(path.join(tmpdir(), 'sagaline-readable-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileWith(mode: number): string {
  const file = path.join(folder, `file-${mode.toString(8)}`);
  writeFileSync(file, 'a secret');
  chmodSync(file, mode);
  return file;
}

test.each([
  [0o644, true],
  [0o604, true],
  [0o640, false],
  [0o600, false],
])('a file of mode %s is named: %s', (mode, isNamed) => {
  const log = rememberingLog();
  const file = fileWith(mode);
  warnOfReadableFiles({ PAYLOAD_KEYS_FILE: file, LOG_LEVEL: 'info' }, log);
  const warning = {
    level: 'warn',
    fields: { setting: 'PAYLOAD_KEYS_FILE', file, remedy: `chmod 600 ${file}` },
  };
  expect(log.lines).toMatchObject(isNamed ? [warning] : []);
});

test('public keys, certificates and hashes may be read by all; a file that is away is another matter', () => {
  const log = rememberingLog();
  const file = fileWith(0o644);
  const open = ['NATS_TLS_CA_FILE', 'NATS_TLS_CERT_FILE', 'EVENT_SIGNING_KEYS_FILE', 'API_KEYS_FILE'];
  warnOfReadableFiles(Object.fromEntries(open.map((name) => [name, file])), log);
  warnOfReadableFiles({ SAGALINE_TOKEN_FILE: path.join(folder, 'away') }, log);
  expect(log.lines).toEqual([]);
});

test('a file of another program is none of ours, and one that cannot be seen stops nothing', () => {
  const log = rememberingLog();
  const file = fileWith(0o644);
  warnOfReadableFiles({ OTHER_CONFIG_FILE: file, PAYLOAD_KEYS_FILE: path.join(file, 'below-a-file') }, log);
  expect(log.lines).toEqual([]);
  warnOfReadableFiles({ PROVIDER_CARRIER_API_KEY_FILE: file }, log);
  expect(log.lines).toHaveLength(1);
});
