// Every secret may be in a file, which is read again; no message contains it.
import { chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { InvalidConfigError, readConfig, secret, webhookSecretsOf } from '../../../../src/config';
import { readSecrets } from '../../../../src/config/secrets';

const CANARY = 'canary-of-a-secret';
const folder = mkdtempSync(path.join(tmpdir(), 'sagaline-secrets-'));
afterAll(() => rmSync(folder, { recursive: true }));

const inFile = (name: string, content: string) => {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
};
const needs = {
  providers: ['pager'],
  settings: { devices: z.object({ DEVICE_TOKEN: secret().optional() }) },
};
const URL = 'postgresql://app:canary-of-a-secret@db.example.com/app';
const SECRETS = {
  DATABASE_URL: URL,
  DATABASE_DIRECT_URL: URL,
  TEMPORAL_API_KEY: CANARY,
  PROVIDER_PAGER_API_KEY: CANARY,
  PROVIDER_PAGER_WEBHOOK_SECRET: `${CANARY},${CANARY}-old`,
  DEVICE_TOKEN: CANARY,
};
const REST = { PROVIDER_PAGER_URL: 'https://pager.example.com' };

function problemsOf(given: Record<string, string>): readonly string[] {
  try {
    readConfig({ ...REST, ...SECRETS, ...given }, needs);
  } catch (error) {
    if (!(error instanceof InvalidConfigError)) throw error;
    expect(error.message).not.toContain(CANARY);
    return error.problems;
  }
  return [];
}

describe.each(Object.entries(SECRETS))('%s', (name, value) => {
  const others = Object.fromEntries(Object.entries(SECRETS).filter(([other]) => other !== name));

  test('may be in a file, without its last line feed', () => {
    const file = inFile(name, `${value}\n`);
    const config = readConfig({ ...REST, ...others, [`${name}_FILE`]: file }, needs);
    const seen = {
      ...config,
      ...config.ofDomains['devices'],
      PROVIDER_PAGER_API_KEY: config.providers['pager']?.apiKey,
      PROVIDER_PAGER_WEBHOOK_SECRET: config.providers['pager']?.webhookSecrets.join(','),
    };
    expect(seen).toMatchObject({ [name]: value });
    expect(config.secrets.reader(name)?.()).toBe(value);
    expect(config.secrets.mask(`it is ${value}`)).not.toContain(CANARY);
  });

  test('is refused when it is given twice, or when its file is missing or empty, without its value', () => {
    const setting = `${name}_FILE`;
    expect(problemsOf({ [setting]: inFile(name, value) })).toEqual([
      `${name} and ${setting}: only one of them may be set`,
    ]);
    const nowhere = path.join(folder, 'nowhere');
    expect(problemsOf({ [name]: '', [setting]: nowhere })).toEqual([
      `${setting}: ${nowhere} cannot be read (ENOENT); put the secret there, or set another file`,
    ]);
    expect(problemsOf({ [name]: '', [setting]: folder })).toEqual([
      expect.stringContaining('(not a regular file)'),
    ]);
    const empty = inFile('empty', ' \n');
    expect(problemsOf({ [name]: '', [setting]: empty })).toEqual([
      `${setting}: ${empty} is empty; put the secret there`,
    ]);
  });
});

test('a wrong secret is named without its value', () => {
  expect(problemsOf({ DATABASE_URL: `mysql://app:${CANARY}@db/x` })).toEqual([
    expect.stringContaining('DATABASE_URL: must be an address'),
  ]);
});

describe('a file that changes', () => {
  function opened() {
    let time = 0;
    const file = inFile('rotating', 'first');
    const problems: string[] = [];
    const secrets = readSecrets({ KEY_FILE: file }, { names: ['KEY'], problems, now: () => time });
    const later = () => ((time += 1_000), secrets.reader('KEY')?.());
    return { file, secrets, later, soon: () => secrets.reader('KEY')?.() };
  }

  test('is read again after a second, also when it is replaced', () => {
    const { file, later, soon, secrets } = opened();
    writeFileSync(file, 'second');
    expect(soon()).toBe('first');
    expect(later()).toBe('second');
    renameSync(inFile('next', 'thirds'), file);
    expect(later()).toBe('thirds');
    // A line that is written after the change may still contain an old one.
    expect([...secrets.seen()]).toEqual(['first', 'second', 'thirds']);
  });

  test('stays in use while it is away, empty or unreadable', () => {
    const { file, later } = opened();
    rmSync(file);
    expect(later()).toBe('first');
    writeFileSync(file, '');
    expect(later()).toBe('first');
    writeFileSync(file, 'second');
    chmodSync(file, 0o000);
    later();
    chmodSync(file, 0o600);
    expect(later()).toBe('second');
  });

  test('gives providers and webhooks the new secrets', () => {
    const files = { key: inFile('key', 'key-one'), webhooks: inFile('webhooks', 'hook-one') };
    const given = {
      PROVIDER_PAGER_API_KEY_FILE: files.key,
      PROVIDER_PAGER_WEBHOOK_SECRET_FILE: files.webhooks,
    };
    const { providers } = readConfig({ ...REST, ...given }, needs);
    const webhookSecrets = webhookSecretsOf(providers);
    writeFileSync(files.key, 'key-two');
    writeFileSync(files.webhooks, 'hook-two,hook-one\n');
    jest.useFakeTimers({ now: Date.now() + 1_000 });
    expect(providers['pager']?.apiKey).toBe('key-two');
    expect(webhookSecrets['pager']).toEqual(['hook-two', 'hook-one']);
    jest.useRealTimers();
  });
});

test('what everyone knows is not masked: it is in ordinary words', () => {
  const { secrets } = readConfig({ DATABASE_URL: 'postgresql://x:sagaline@db/x' }, { providers: [] });
  expect(secrets.mask('the role sagaline')).toBe('the role sagaline');
});
