import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const WATCHDOG = path.resolve(__dirname, '../../../src/dev/stack/watchdog.ts');

/** An unreferenced child does not keep a process alive: jest's teardown once ended there, with the exit code of success. */
test('a process that awaits the end of its watchdog lives to see it', async () => {
  const program = `
    const { spawn } = require('node:child_process');
    const { startWatchdog } = require(${JSON.stringify(WATCHDOG)});
    const guarded = spawn('sleep', ['30'], { stdio: 'ignore' });
    guarded.unref();
    const watchdog = startWatchdog({ enter() {}, strike() {} });
    watchdog.guard(guarded.pid, 'SIGTERM');
    void watchdog.close().then(() => { process.exitCode = 7; });`;
  const run = promisify(execFile)(process.execPath, [
    '--conditions=sagaline-source',
    '--import',
    'tsx',
    '-e',
    program,
  ]);
  await expect(run).rejects.toMatchObject({ code: 7 });
});
