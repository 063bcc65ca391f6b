import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { environment } from '../../../src/config';
import { cacheFolder } from '../../../src/dev/servers';

const ROOT = path.resolve(__dirname, '../../..');
/** The example's requirements: one list for both. */
const REQUIREMENTS = path.join(ROOT, 'examples/python-producer/requirements.txt');
/** For five small wheels. */
const INSTALL_MS = 120_000;
const RUN_MS = 20_000;

/** A message as an SDK passes it to HTTP or NATS. */
export interface SdkMessage {
  readonly api: string;
  readonly mode: string;
  readonly headers: Readonly<Record<string, string | number | boolean>>;
  readonly body: Buffer;
}

export interface SdkEvent {
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly data: object;
}

/** The messages that the Python SDK makes of each event, in both modes of both of its APIs. */
export async function pythonMessages(events: readonly SdkEvent[]): Promise<SdkMessage[][]> {
  const folder = await installed();
  const child = spawn('python3', [path.join(__dirname, 'messages.py')], {
    env: { ...environment(), PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1' },
    timeout: RUN_MS,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  child.stdin.end(JSON.stringify(events));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`the Python SDK ended with ${String(code)}`);
  const made = JSON.parse(output) as (Omit<SdkMessage, 'body'> & { body: string })[][];
  return made.map((messages) =>
    messages.map((each) => ({ ...each, body: Buffer.from(each.body, 'base64') })),
  );
}

/** Installs the SDK into the servers' cache, once for each version of the requirements, completely or not at all. */
export async function installed(): Promise<string> {
  const tools = cacheFolder(environment());
  const version = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 12);
  const folder = path.join(tools, `python-cloudevents-${version}`);
  if (existsSync(folder)) return folder;
  await mkdir(tools, { recursive: true });
  const partial = await mkdtemp(path.join(tools, '.new-python-cloudevents-'));
  const options = ['--require-hashes', '--no-deps', '--only-binary=:all:', '--no-input', '--quiet'];
  const args = ['-m', 'pip', 'install', ...options, '--target', partial, '-r', REQUIREMENTS];
  try {
    await promisify(execFile)('python3', args, {
      timeout: INSTALL_MS,
      env: { ...environment(), PIP_USER: '0', PIP_REQUIRE_VIRTUALENV: '0' },
    });
    if (!existsSync(folder)) await rename(partial, folder);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return folder;
}
