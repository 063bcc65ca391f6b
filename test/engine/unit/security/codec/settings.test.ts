import { defaultPayloadConverter } from '@temporalio/common';
import { createRegistry } from '../../../../../src/adapters/prometheus';
import { readConfig } from '../../../../../src/config';
import { createCatalogue } from '../../../../../src/contracts';
import type { LoadedApp } from '../../../../../src/runtime/app';
import { rolesOf } from '../../../../../src/runtime/roles';
import { temporalSettings } from '../../../../../src/runtime/settings';
import { silentLog } from '../../../../support/log';
import { keyLine, secretFile } from '../../../../support/payload-keys';

const app: LoadedApp = { root: process.cwd(), domains: [], pools: {} };
const configOf = (given: Record<string, string>) => readConfig(given, { providers: [] });
const PAYLOAD_KEYS_FILE = secretFile(keyLine('one'));
const plain = defaultPayloadConverter.toPayload('Ada Canary');

test('without keys nothing is encrypted, and failures stay in clear', () => {
  expect(temporalSettings(configOf({}), {})).toMatchObject({
    payloadCodecs: [],
    failureConverterPath: undefined,
  });
});

test('with keys the engine encrypts what the project’s codecs have made', async () => {
  const projects = { encode: jest.fn(), decode: jest.fn() };
  const settings = temporalSettings(configOf({ PAYLOAD_KEYS_FILE }), { payloadCodecs: [projects] });
  const [first, last] = settings.payloadCodecs ?? [];
  expect(first).toBe(projects);
  expect(settings.failureConverterPath).toMatch(/failure-converter\.ts$/);
  const [encoding] = (await last?.encode([plain])) ?? [];
  expect(String(encoding?.metadata?.['encoding'])).toBe('binary/encrypted');
});

test.each([
  ['on', 'Ada Canary'],
  ['require', { 'sagaline.refused': 'unsealed' }],
])('PAYLOAD_ENCRYPTION=%s reads a payload in clear as %j', async (PAYLOAD_ENCRYPTION, read) => {
  const { payloadCodecs = [] } = temporalSettings(configOf({ PAYLOAD_KEYS_FILE, PAYLOAD_ENCRYPTION }), {});
  const [payload = plain] = (await payloadCodecs[0]?.decode([plain])) ?? [];
  expect(defaultPayloadConverter.fromPayload(payload)).toEqual(read);
});

test.each([
  [{ PAYLOAD_ENCRYPTION: 'require' }, 'PAYLOAD_KEYS_FILE is missing'],
  [{ PAYLOAD_ENCRYPTION: 'maybe', PAYLOAD_KEYS_FILE }, 'PAYLOAD_ENCRYPTION'],
  [{ CODEC_SERVER_ORIGINS: '*' }, 'CODEC_SERVER_ORIGINS: must be origins'],
  [{ CODEC_SERVER_ORIGINS: 'https://a.example.com/path' }, 'CODEC_SERVER_ORIGINS: must be origins'],
])('%j is refused', (given, problem) => {
  expect(() => configOf(given)).toThrow(problem);
});

test('a missing file of keys is named before anything starts', () => {
  expect(() => temporalSettings(configOf({ PAYLOAD_KEYS_FILE: '/nowhere' }), {})).toThrow(
    'PAYLOAD_KEYS_FILE: /nowhere cannot be read',
  );
});

test('the codec server needs keys and tokens', async () => {
  const run = rolesOf(app)['codec-server'];
  const parts = { app, catalogue: createCatalogue([]), registry: createRegistry('test'), log: silentLog };
  await expect(run?.({ ...parts, config: configOf({}) })).rejects.toThrow(
    /PAYLOAD_KEYS_FILE is missing[^]*CODEC_SERVER_TOKEN_FILE is missing/,
  );
});
