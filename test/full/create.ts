/** Projects beside the shop, on the sources: jest, with the files that are too long for `npm test`. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../..');
const JEST = path.join(ROOT, 'node_modules/jest/bin/jest.js');

const { status } = spawnSync(process.execPath, [JEST, '--config', 'test/full/create/jest.config.cjs'], {
  cwd: ROOT,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
