// The settings of the connection to Temporal, by the names of all of its SDKs.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Config, InvalidConfigError } from '../../../../src/config';
import { readConfig } from '../../../../src/config';

let folder: string;
beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), 'sagaline-temporal-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const read = (settings: Record<string, string>): Config => readConfig(settings, { providers: [] });

function problemsOf(settings: Record<string, string>): readonly string[] {
  try {
    read(settings);
    return [];
  } catch (error) {
    return (error as InvalidConfigError).problems;
  }
}

function profile(text: string): string {
  const file = path.join(folder, 'temporal.toml');
  writeFileSync(file, text);
  return file;
}

const CERTIFICATE = {
  TEMPORAL_TLS_CLIENT_CERT_PATH: '/run/client.pem',
  TEMPORAL_TLS_CLIENT_KEY_PATH: '/run/client-key.pem',
};

describe('TLS is', () => {
  test.each([
    ['off without any setting', {}, false],
    ['on with TEMPORAL_TLS', { TEMPORAL_TLS: 'true' }, true],
    ['on with a key', { TEMPORAL_API_KEY: 'a-key' }, true],
    ['on with a file', { TEMPORAL_TLS_SERVER_CA_CERT_PATH: '/run/ca.pem' }, true],
    ['on with a certificate', CERTIFICATE, true],
    ['off if that is said, as in other SDKs', { ...CERTIFICATE, TEMPORAL_TLS: 'false' }, false],
  ])('%s', (_, settings, isOn) => {
    expect(read(settings).temporalTls !== undefined).toBe(isOn);
  });

  test('made of files and of text', () => {
    const settings = {
      TEMPORAL_TLS_SERVER_CA_CERT_DATA: 'PEM',
      TEMPORAL_TLS_SERVER_NAME: 'temporal',
      ...CERTIFICATE,
    };
    expect(read(settings).temporalTls).toEqual({
      serverName: 'temporal',
      serverCaCert: { setting: 'TEMPORAL_TLS_SERVER_CA_CERT_DATA', data: 'PEM' },
      clientCert: { setting: 'TEMPORAL_TLS_CLIENT_CERT_PATH', path: '/run/client.pem' },
      clientKey: { setting: 'TEMPORAL_TLS_CLIENT_KEY_PATH', path: '/run/client-key.pem' },
    });
  });
});

test.each([
  ['a word that other SDKs take for false', { TEMPORAL_TLS: 'yes' }, 'TEMPORAL_TLS: must be true or false'],
  [
    'a certificate without a key',
    { TEMPORAL_TLS_CLIENT_CERT_PATH: '/c' },
    'one is of no use without the other',
  ],
  ['file and text', { ...CERTIFICATE, TEMPORAL_TLS_CLIENT_KEY_DATA: 'PEM' }, 'only one of them may be set'],
  ['no check of the name', { TEMPORAL_TLS_DISABLE_HOST_VERIFICATION: 'true' }, 'must not be on'],
  [
    'a key in clear across the network',
    { TEMPORAL_API_KEY: 'a-key', TEMPORAL_TLS: 'false', TEMPORAL_ADDRESS: 'temporal:7233' },
    'the API key would go to temporal:7233 in clear',
  ],
  [
    'a configuration file that is not there',
    { TEMPORAL_CONFIG_FILE: '/nowhere' },
    '/nowhere cannot be read (ENOENT)',
  ],
])('refuses %s', (_, settings, message) => {
  expect(problemsOf(settings)).toEqual([expect.stringContaining(message)]);
});

describe('in production', () => {
  const production = (settings: Record<string, string>) =>
    problemsOf({ NODE_ENV: 'production', ...settings }).filter((problem) =>
      /TEMPORAL_(TLS|API)/.test(problem),
    );

  test.each([
    ['an address elsewhere needs TLS', { TEMPORAL_ADDRESS: 'temporal:7233' }, 'TEMPORAL_TLS: must be on'],
    [
      'tokens of the sandbox are refused',
      {
        TEMPORAL_ADDRESS: 'temporal:7233',
        TEMPORAL_API_KEY_FILE: path.resolve(
          __dirname,
          '../../../../deploy/sandbox-keys/bridge/temporal-token',
        ),
      },
      'TEMPORAL_API_KEY: is a token of deploy/sandbox-keys',
    ],
  ])('%s', (_, settings, message) => {
    expect(production(settings)).toEqual([expect.stringContaining(message)]);
    expect(problemsOf(settings)).toEqual([]);
  });

  test.each([
    { TEMPORAL_ADDRESS: '127.0.0.1:7233' },
    { TEMPORAL_ADDRESS: 'temporal:7233', TEMPORAL_TLS: 'true' },
  ])('taken: %p', (settings) => {
    expect(production(settings)).toEqual([]);
  });
});

describe('a profile of the configuration file', () => {
  const text = `
[profile.default]
address = "temporal.example.com:7233"
namespace = "shop"
api_key = "the-key-of-the-file"
[profile.default.tls]
server_ca_cert_path = "/run/ca.pem"
[profile.other]
address = "other.example.com:7233"
`;

  test('gives what the environment does not', () => {
    const config = read({ TEMPORAL_CONFIG_FILE: profile(text), TEMPORAL_NAMESPACE: 'mine' });
    expect(config).toMatchObject({
      TEMPORAL_ADDRESS: 'temporal.example.com:7233',
      TEMPORAL_NAMESPACE: 'mine',
      temporalTls: { serverCaCert: { path: '/run/ca.pem' } },
      external: { temporalAddress: 'temporal.example.com:7233' },
    });
    expect(config.secrets.reader('TEMPORAL_API_KEY')?.()).toBe('the-key-of-the-file');
    expect(config.secrets.mask('the-key-of-the-file')).toBe('[secret]');
  });

  test('is chosen by TEMPORAL_PROFILE', () => {
    const config = read({ TEMPORAL_CONFIG_FILE: profile(text), TEMPORAL_PROFILE: 'other' });
    expect(config).toMatchObject({ TEMPORAL_ADDRESS: 'other.example.com:7233', temporalTls: undefined });
  });

  test('a key file of the environment replaces the key of the profile', () => {
    const file = path.join(folder, 'key');
    writeFileSync(file, 'the-key-of-the-environment\n');
    const config = read({ TEMPORAL_CONFIG_FILE: profile(text), TEMPORAL_API_KEY_FILE: file });
    expect(config.secrets.reader('TEMPORAL_API_KEY')?.()).toBe('the-key-of-the-environment');
  });

  test.each([
    ['that is not there', { TEMPORAL_PROFILE: 'none' }, text, "Profile 'none' not found"],
    ['with an unknown field', {}, '[profile.default]\nadress = "x:1"\n', 'adress'],
    ['with headers', {}, '[profile.default.grpc_meta]\na = "b"\n', 'grpc_meta is not supported'],
  ])('%s is refused', (_, settings, content, message) => {
    const problems = problemsOf({ TEMPORAL_CONFIG_FILE: profile(content), ...settings });
    expect(problems).toEqual([expect.stringContaining(message)]);
  });

  test('that is no TOML is refused, and the message quotes nothing of it', () => {
    const problems = problemsOf({ TEMPORAL_CONFIG_FILE: profile('[profile.default\napi_key = "geheim"\n') });
    expect(problems).toEqual([expect.stringMatching(/is no TOML \(line 1, column \d+\)$/)]);
  });

  test('in the home folder is left alone unless TEMPORAL_PROFILE is set', () => {
    expect(read({ HOME: folder }).TEMPORAL_ADDRESS).toBe('127.0.0.1:7233');
  });
});
