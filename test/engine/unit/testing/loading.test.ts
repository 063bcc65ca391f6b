// Tests on fakes alone need neither Temporal's native core nor its test server.
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const ROOT = path.resolve(__dirname, '../../../..');
const LOADED = `
  require('sagaline/testing').createScript();
  const loaded = Object.keys(require.cache);
  console.log(JSON.stringify(['testing', 'core-bridge', 'worker'].filter(
    (name) => loaded.some((file) => file.includes('@temporalio/' + name)))));
`;

test('sagaline/testing loads without them', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=sagaline-source', '--import', 'tsx', '--eval', LOADED],
    { cwd: ROOT },
  );
  expect(JSON.parse(stdout)).toEqual([]);
});
