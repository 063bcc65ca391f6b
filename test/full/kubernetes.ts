/**
 * What the API servers of two versions of Kubernetes say of deploy/kubernetes: all objects of each overlay must be accepted, and each one
 * that is broken must be refused. `npm run test:full -- kubernetes [version] [controller]`: some minutes, and ten more to build them the
 * first time. Needs Go, and downloads Debian's package etcd-server by apt-get. `controller` is a folder with a checkout of
 * https://github.com/temporalio/temporal-worker-controller: without it the objects of that controller are left out.
 */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { errorMessage } from '../../src/contracts';
import { say } from '../support/journal/stage';
import { debianPackage } from './debian';
import type { ApiServer } from './kubernetes/api-server';
import { startApiServer } from './kubernetes/api-server';
import type { Manifest } from './kubernetes/broken';
import { brokenOnesOf } from './kubernetes/broken';
import { defineController, isOfController } from './kubernetes/controller';
import { defineKeda } from './kubernetes/keda';
import { buildKubernetes, buildKustomize, kedaFiles } from './kubernetes/programs';
import { scalerProblems, scalersOfTemplates } from './kubernetes/scalers';

const VERSIONS = ['1.34.4', '1.35.4'];
const OVERLAYS = path.resolve(__dirname, '../../deploy/kubernetes/overlays');
/** The server checks each in some milliseconds; kubectl takes most of a request. */
const AT_ONCE = 4;

interface Wanted {
  readonly versions: readonly string[];
  readonly controller: string | undefined;
}

async function main({ versions, controller }: Wanted): Promise<void> {
  const kustomize = await buildKustomize(say);
  const keda = await kedaFiles();
  const rendered = await renderedBy(kustomize);
  const overlays = controller === undefined ? withoutController(rendered) : rendered;
  const problems = rendered.flatMap(({ name, manifests }) =>
    scalerProblems(manifests, keda.scalers).map((problem) => `${name}: ${problem}`),
  );
  const etcd = await debianPackage('etcd-server');
  try {
    for (const version of versions) {
      const programs = await buildKubernetes(version, say);
      const since = performance.now();
      const server = await startApiServer(programs, path.join(etcd.programs, 'etcd'));
      try {
        await defineKeda(server);
        if (controller !== undefined) await defineController(server, controller);
        const counts = { accepted: 0, refused: 0 };
        for (const { name, manifests } of overlays) {
          problems.push(...(await refusals(server, `${version} ${name}`, manifests)));
          problems.push(...(await acceptances(server, `${version} ${name}`, manifests)));
          counts.accepted += manifests.length;
          counts.refused += manifests.flatMap(brokenOnesOf).length;
        }
        const seconds = Math.round((performance.now() - since) / 1_000);
        say(`${version}: ${counts.accepted} objects to accept, ${counts.refused} to refuse (${seconds} s)`);
      } finally {
        await server.stop();
      }
    }
  } finally {
    await etcd.remove();
  }
  for (const problem of problems) say(problem);
  say(
    problems.length === 0
      ? 'All that is right was accepted, and all that is broken refused.'
      : 'IT DID NOT HOLD',
  );
  if (problems.length > 0) process.exitCode = 1;
}

interface Overlay {
  readonly name: string;
  readonly manifests: readonly Manifest[];
}

async function renderedBy(kustomize: string): Promise<Overlay[]> {
  const names = readdirSync(OVERLAYS).flatMap((overlay) => [`${overlay}/roles`, `${overlay}/version`]);
  return Promise.all(
    names.map(async (name) => {
      const { stdout } = await promisify(execFile)(kustomize, ['build', path.join(OVERLAYS, name)]);
      const manifests = parseAllDocuments(stdout).map((document) => document.toJS() as Manifest);
      return { name, manifests: [...manifests, ...scalersOfTemplates(manifests)] };
    }),
  );
}

function withoutController(overlays: readonly Overlay[]): Overlay[] {
  const left = overlays.flatMap(({ manifests }) => manifests).filter(isOfController).length;
  say(`${left} objects of Temporal's worker controller are left out: name a folder with its repository`);
  return overlays.map(({ name, manifests }) => ({
    name,
    manifests: manifests.filter((manifest) => !isOfController(manifest)),
  }));
}

function dryRun({ kubectl }: ApiServer, object: object): ReturnType<ApiServer['kubectl']> {
  const text = JSON.stringify(object);
  return kubectl(['apply', '--server-side', '--force-conflicts', '--dry-run=server', '-f', '-'], text);
}

/** What is right, and was refused. */
async function refusals(server: ApiServer, where: string, manifests: readonly Manifest[]): Promise<string[]> {
  const found = await each(manifests, async (manifest) => {
    const { ok, said } = await dryRun(server, manifest);
    return ok ? [] : [`${where}: ${manifest.kind} ${manifest.metadata.name} was refused: ${said}`];
  });
  return found.flat();
}

/** What is broken, and was accepted. */
async function acceptances(
  server: ApiServer,
  where: string,
  manifests: readonly Manifest[],
): Promise<string[]> {
  const broken = manifests.flatMap((manifest) => brokenOnesOf(manifest).map((one) => ({ ...one, manifest })));
  const found = await each(broken, async ({ manifest, what, object }) => {
    const { ok } = await dryRun(server, object);
    return ok ? [`${where}: ${manifest.kind} ${manifest.metadata.name} with ${what} was accepted`] : [];
  });
  return found.flat();
}

async function each<Item, Answer>(
  items: readonly Item[],
  ask: (item: Item) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  const waiting = [...items];
  const work = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift())
      answers.push(await ask(item));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return answers;
}

const given = process.argv.slice(2);
const versions = given.filter((each) => /^\d+\.\d+\.\d+$/.test(each));
const [controller] = given.filter((each) => !versions.includes(each));
main({ versions: versions.length > 0 ? versions : VERSIONS, controller }).catch((error: unknown) => {
  process.stderr.write(`${errorMessage(error)}\n`);
  process.exitCode = 1;
});
