import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const PROJECT = path.resolve(__dirname, '..');
const SAGALINE = path.resolve(PROJECT, '../../bin/sagaline.mjs');

/** The role must end at once; if it accepted the settings, it would wait for its servers for ever. */
const WITHIN_MS = 20_000;

/** No server is needed: a role with such settings ends before it connects to one. */
const sagaline = (args: readonly string[], settings: Record<string, string>) =>
  promisify(execFile)(process.execPath, ['--conditions=sagaline-source', SAGALINE, ...args], {
    cwd: PROJECT,
    timeout: WITHIN_MS,
    env: { PATH: path.dirname(process.execPath), ...settings },
  });

test('a setting from which no route can be made ends the process that would route by it, and says why', async () => {
  const failed = await sagaline(['run', 'bridge'], { READINGS_BATCH: '5000' }).catch(
    (error: unknown) => error,
  );
  const { code, stderr } = failed as { code: number; stderr: string };
  expect(code).toBe(2);
  expect(stderr).toContain(
    'route "reading-reported": `batch.size` is 5000; give it a whole number from 1 to 1000',
  );
});
