// A test process that is killed cannot end its time-skipping server: the server ends by itself.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { FROM_SOURCES } from '../../support/quick-start';
import { until } from '../../support/until';

const ROOT = path.resolve(__dirname, '../../..');
const START = `
  const { startSkippingServer } = require('./src/testing/environment.ts');
  void startSkippingServer().then(({ address }) => console.log(address));
  setInterval(() => undefined, 1_000);
`;

async function isListening(address: string): Promise<boolean> {
  const [host = '', port] = address.split(':');
  const socket = connect(Number(port), host);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

test('the server ends when the process that started it is killed', async () => {
  const owner = spawn(process.execPath, [...FROM_SOURCES, '-e', START], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [address] = (await once(createInterface(owner.stdout), 'line')) as [string];
    expect(await isListening(address)).toBe(true);
    owner.kill('SIGKILL');
    await until('the server has ended', async () => !(await isListening(address)));
  } finally {
    owner.kill('SIGKILL');
  }
});
