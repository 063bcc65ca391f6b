// Versions of workers: the prefix of their deployments' names, and what Temporal's worker controller sets.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InvalidConfigError, isOfController, readConfig } from '../../../../src/config';

const CONTROLLER = { TEMPORAL_DEPLOYMENT_NAME: 'shop/orders', TEMPORAL_WORKER_BUILD_ID: '0.1.0-77f5' };
const read = (given: Record<string, string>) => readConfig(given, { providers: [] });

test.each(['sagaline-', 'shop/', 'a', 'team_1/shop-'])('the prefix %s', (WORKER_DEPLOYMENT_PREFIX) => {
  expect(read({ WORKER_DEPLOYMENT_PREFIX })).toMatchObject({ WORKER_DEPLOYMENT_PREFIX });
});

test.each(['/shop', '-shop', "o'clock/", 'a:b', 'a.b', 'x'.repeat(101)])(
  'the prefix %s is refused',
  (WORKER_DEPLOYMENT_PREFIX) => {
    expect(() => read({ WORKER_DEPLOYMENT_PREFIX })).toThrow('WORKER_DEPLOYMENT_PREFIX: must be 1 to 100');
  },
);

test('the controller gives name and version together', () => {
  expect(isOfController(read(CONTROLLER))).toBe(true);
  expect(isOfController(read({ BUILD_ID: '1' }))).toBe(false);
  const { TEMPORAL_DEPLOYMENT_NAME, TEMPORAL_WORKER_BUILD_ID } = CONTROLLER;
  expect(() => read({ TEMPORAL_DEPLOYMENT_NAME })).toThrow('TEMPORAL_WORKER_BUILD_ID is missing');
  expect(() => read({ TEMPORAL_WORKER_BUILD_ID })).toThrow('TEMPORAL_DEPLOYMENT_NAME is missing');
});

test('what contradicts the version of the controller is refused', () => {
  expect(() => read({ ...CONTROLLER, BUILD_ID: '1' })).toThrow(InvalidConfigError);
  expect(() => read({ ...CONTROLLER, BUILD_ID: '1' })).toThrow('BUILD_ID and TEMPORAL_WORKER_BUILD_ID');
  expect(() => read({ ...CONTROLLER, WORKER_VERSIONING: 'off' })).toThrow('WORKER_VERSIONING: must be on');
});

test('a worker keeps its own key in a file beside that of the controller; anybody else must choose', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'sagaline-worker-versions-'));
  try {
    const file = path.join(folder, 'token');
    writeFileSync(file, 'of-the-worker');
    const keys = { TEMPORAL_API_KEY: 'of-the-controller', TEMPORAL_API_KEY_FILE: file };
    expect(read({ ...CONTROLLER, ...keys }).secrets.reader('TEMPORAL_API_KEY')?.()).toBe('of-the-worker');
    expect(() => read(keys)).toThrow('TEMPORAL_API_KEY and TEMPORAL_API_KEY_FILE');
    const { TEMPORAL_API_KEY } = keys;
    expect(read({ ...CONTROLLER, TEMPORAL_API_KEY })).toMatchObject({ TEMPORAL_API_KEY });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
