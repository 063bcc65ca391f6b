import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InvalidConfigError, readConfig } from '../../../../src/config';
import type { Pool } from '../../../../src/runtime/app';
import { loadApp } from '../../../../src/runtime/load';
import { versionOf } from '../../../../src/runtime/version';

const { version } = JSON.parse(readFileSync(path.resolve(__dirname, '../../../../package.json'), 'utf8')) as {
  version: string;
};

const app = loadApp();
const { orders, payments } = app.pools as Record<'orders' | 'payments', Pool>;
const config = (given: Record<string, string> = {}) => readConfig(given, { providers: [] });
const production = config({
  NODE_ENV: 'production',
  NATS_URL: 'nats://nats:4222',
  TEMPORAL_ADDRESS: 'temporal:7233',
  TEMPORAL_TLS: 'true',
  DATABASE_URL: 'postgresql://sagaline@postgres/sagaline?sslmode=verify-full',
});

test('BUILD_ID is the version of every pool', () => {
  const given = config({ BUILD_ID: '2026-11-21.1' });
  expect(versionOf(app, 'orders', orders, given)).toEqual({
    deployment: 'sagaline-orders',
    buildId: '2026-11-21.1',
  });
  expect(versionOf(app, 'payments', payments, given).buildId).toBe('2026-11-21.1');
});

test.each(['with space', "o'clock", 'x'.repeat(101), 'a:b'])('a BUILD_ID of %s is refused', (BUILD_ID) => {
  expect(() => config({ BUILD_ID })).toThrow(InvalidConfigError);
});

test('a pool of activities has the version of the package', () => {
  expect(versionOf(app, 'payments', payments, production).buildId).toBe(version);
});

test('workflows that run from their sources are under development, and in production somebody has to say what they are', () => {
  expect(versionOf(app, 'orders', orders, config()).buildId).toBe('development');
  expect(() => versionOf(app, 'orders', orders, production)).toThrow('BUILD_ID is missing');
});

test('a bundle has its own version, another one with each change', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'sagaline-version-'));
  const built = (code: string) => {
    writeFileSync(path.join(folder, 'bundle.js'), code);
    return versionOf(app, 'orders', { ...orders, workflows: folder }, production).buildId;
  };
  try {
    const one = built('export const one = 1;');
    expect(one).toMatch(/^[\w.+-]+-[0-9a-f]{12}$/);
    expect(one?.startsWith(`${version}-`)).toBe(true);
    expect(built('export const one = 2;')).not.toBe(one);
    expect(built('export const one = 1;')).toBe(one);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('without versions there is none', () => {
  expect(versionOf(app, 'orders', orders, config({ WORKER_VERSIONING: 'off', BUILD_ID: '1' })).buildId).toBe(
    undefined,
  );
});
