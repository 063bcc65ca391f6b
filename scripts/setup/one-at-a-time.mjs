// Two set-ups in one clone (`npm start` and `npm test` in two terminals) take turns. This runs before any package is installed.
// The lock is that of src/dev/stack/folder-lock.ts, which explains why it is a socket.
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 300;

/** Runs `work` while no other set-up of the folder `root` runs. */
export async function oneAtATime(root, say, work) {
  const digest = createHash('sha256').update(root).digest('hex').slice(0, 12);
  const isAbstract = process.platform === 'linux';
  const socket = isAbstract
    ? `\0sagaline-setup-${digest}`
    : join(tmpdir(), `sagaline-setup-${userInfo().uid}-${digest}.lock`);
  let lock = await listen(socket);
  if (lock === undefined && (await answers(socket))) say('waiting for another set-up of this folder to end');
  while (lock === undefined) {
    if (await answers(socket)) await sleep(POLL_MS);
    else if (!isAbstract) rmSync(socket, { force: true });
    lock = await listen(socket);
  }
  try {
    return await work();
  } finally {
    lock.close();
  }
}

function listen(socket) {
  return new Promise((resolve, reject) => {
    const server = createServer((question) => question.destroy());
    server.once('error', (error) => (error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error)));
    server.listen(socket, () => resolve(server));
  });
}

function answers(socket) {
  return new Promise((resolve) => {
    const question = connect(socket);
    question.once('connect', () => {
      question.destroy();
      resolve(true);
    });
    question.once('error', () => resolve(false));
  });
}
