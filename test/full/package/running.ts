import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { freePorts } from '../../../src/dev/stack';
import { until } from '../../support/until';
import type { Newcomer } from './newcomer';
import type { Project } from './project';
import type { Record } from './record';
import type { Running } from './shell';
import { signalGroup, start } from './shell';

/** Servers that are downloaded first, on a slow line. */
const UP_WITHIN_MS = 180_000;
/** As the local stack gives its processes and servers. */
const STOPPED_WITHIN_MS = 30_000;
const LOOPBACK = '127.0.0.1';
const TICKET = 'com.example.tickets.tickets.ticket-requested.v1';
const BUILT = ['--config', 'build/sagaline.config.js'];
const ROLE = 'worker:tickets';

/** `npm start` until it is up, one event to its end, a build of which one process runs in production, and Ctrl-C. */
export async function runProject(project: Project, record: Record, show: (output: string) => void) {
  const { newcomer, folder } = project;
  const stack = start(newcomer, ['npm', 'start'], { cwd: folder });
  try {
    await record.step('npm start', async () => {
      await printed(stack, 'All is up');
      return 'until all is up';
    });
    await record.step('sagaline events publish … --wait', async () => {
      const out = await project.sagaline(['events', 'publish', '--type', TICKET, '--example', '--wait']);
      assert.match(out, /ticket-t-1 has ended: completed/, out);
      assert.match(await project.sagaline(['trace', 't-1']), /✓ reserveSeat[^]*● completed/);
      show(out);
      return 'ticket-t-1 has ended: completed';
    });
    await record.step('npm run build', async () => {
      const [, words] = /^build: (.*)$/m.exec(await project.run(['npm', 'run', 'build'])) ?? [];
      assert.ok(words);
      return words;
    });
    await record.step(`NODE_ENV=production sagaline run ${ROLE}`, () => runBuiltRole(project));
    await record.step('Ctrl-C', async () => {
      signalGroup(stack, 'SIGINT');
      await endOf(stack);
      assert.match(stack.out(), /Temporal: stopped[^]*NATS: stopped[^]*PostgreSQL: stopped/, stack.out());
      assert.deepEqual(await listening(newcomer), [], 'what still listens after Ctrl-C');
      show(stack.out());
      return 'all servers have stopped, nothing listens';
    });
  } finally {
    signalGroup(stack, 'SIGKILL');
  }
}

/** In production there are no presets: the addresses of the servers that `npm start` has started are given. */
async function runBuiltRole({ newcomer, folder, sagaline }: Project): Promise<string> {
  const { ports } = newcomer;
  const [health = 0] = await freePorts(1);
  const env = {
    NODE_ENV: 'production',
    NATS_URL: `nats://${LOOPBACK}:${ports.nats}`,
    TEMPORAL_ADDRESS: `${LOOPBACK}:${ports.temporal}`,
    // Not in the address: production refuses the password that everyone knows.
    DATABASE_URL: `postgresql://sagaline@${LOOPBACK}:${ports.postgres}/sagaline`,
    PGPASSWORD: 'sagaline',
    HEALTH_PORT: String(health),
  };
  // From the sources two machines may run different workflows: that is refused, and the message leads here.
  const refused = await sagaline(['run', ROLE], { env, code: 2 });
  assert.match(refused, /BUILD_ID is missing.*--config build\/sagaline\.config\.js/, refused);
  const role = start(newcomer, ['npx', 'sagaline', 'run', ROLE, ...BUILT], { cwd: folder, env });
  try {
    await printed(role, `${ROLE} has started`);
    const { status } = await fetch(`http://${LOOPBACK}:${health}/readyz`);
    assert.equal(status, 200, '/readyz');
    signalGroup(role, 'SIGTERM');
    await endOf(role);
    assert.match(role.out(), new RegExp(`${ROLE} has stopped`), role.out());
    return 'from build/: /readyz answers 200, SIGTERM stops it';
  } finally {
    signalGroup(role, 'SIGKILL');
  }
}

/** @throws Error with its output where it ends before, or takes too long */
async function printed(running: Running, text: string): Promise<void> {
  let end: number | string | undefined;
  void running.ended.then((code) => (end = code));
  const isThere = () => {
    if (running.out().includes(text)) return true;
    if (end === undefined) return false;
    throw new Error(`it has ended with ${end} before "${text}":\n${running.out()}`);
  };
  await until(text, isThere, UP_WITHIN_MS).catch((cause: unknown) => {
    throw new Error(`no "${text}":\n${running.out()}`, { cause });
  });
}

async function endOf(running: Running): Promise<void> {
  let hasEnded = false;
  void running.ended.then(() => (hasEnded = true));
  await until('the end', () => hasEnded, STOPPED_WITHIN_MS);
}

async function listening({ ports }: Newcomer): Promise<string[]> {
  const answers = Object.entries(ports).map(async ([name, port]) => ((await accepts(port)) ? [name] : []));
  return (await Promise.all(answers)).flat();
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, LOOPBACK);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
