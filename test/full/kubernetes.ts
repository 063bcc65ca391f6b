/**
 * What the API servers of two versions of Kubernetes say of deploy/kubernetes: all objects of each overlay must be accepted, and each one
 * that is broken must be refused. `npm run test:full -- kubernetes [version] [folder]`: some minutes, and ten more to build them the
 * first time. Needs Go, and downloads Debian's package etcd-server by apt-get. The folder has a checkout of
 * https://github.com/temporalio/temporal-worker-controller: without it the objects of that controller are left out. With the word `record`
 * the suite writes what the servers say of each kind into scripts/deployment/manifests/schemas, for `npm run check`; without, it fails
 * if they say something else now.
 */
import path from 'node:path';
import { objectChecker, withScalers } from '../../scripts/deployment/manifests';
import type { Manifest, Rendered } from '../../scripts/deployment/manifests/render';
import { buildable, render } from '../../scripts/deployment/manifests/render';
import { findProgram, KUBECTL } from '../../scripts/deployment/programs';
import { environment } from '../../src/config';
import { errorMessage } from '../../src/contracts';
import { say } from '../support/journal/stage';
import { debianPackage } from './debian';
import type { ApiServer } from './kubernetes/api-server';
import { startApiServer } from './kubernetes/api-server';
import { brokenOnesOf } from './kubernetes/broken';
import { defineController, isOfController, versionOfController } from './kubernetes/controller';
import { defineKeda } from './kubernetes/keda';
import { buildKubernetes, KEDA, kedaFiles } from './kubernetes/programs';
import type { Keep } from './kubernetes/record';
import {
  compareWithRecorded,
  keepScalers,
  keepSchemas,
  recordedFrom,
  scalersFrom,
  writeRecorded,
} from './kubernetes/record';

const VERSIONS = ['1.34.4', '1.35.4'];
const RECORD = 'record';
const MANIFESTS = path.resolve(__dirname, '../../deploy/kubernetes');
/** The server checks each in some milliseconds; kubectl takes most of a request. */
const AT_ONCE = 4;

interface Wanted {
  readonly versions: readonly string[];
  /** A folder with the worker controller's repository. */
  readonly controller: string | undefined;
  readonly keep: Keep;
}

async function main({ versions, controller, keep }: Wanted): Promise<void> {
  const kubectl = await findProgram(KUBECTL, environment(), say);
  const all = buildable(MANIFESTS)
    .filter((name) => name.startsWith('overlays/'))
    .map((name) => render(kubectl, MANIFESTS, name))
    .map(({ name, manifests }) => ({ name, manifests: withScalers(manifests) }));
  const overlays = controller === undefined ? withoutController(all) : all;
  const problems = keepScalers(keep, scalersFrom((await kedaFiles()).scalers));
  const etcd = await debianPackage('etcd-server');
  try {
    for (const version of versions) {
      const programs = await buildKubernetes(version, say);
      const server = await startApiServer(programs, path.join(etcd.programs, 'etcd'));
      try {
        await defineKeda(server);
        if (controller !== undefined) await defineController(server, controller);
        problems.push(...(await recordingProblems(server, { version, controller, keep }, overlays)));
        problems.push(...(await problemsOf(server, version, overlays)));
      } finally {
        await server.stop();
      }
    }
  } finally {
    await etcd.remove();
  }
  problems.push(...checkProblems(overlays));
  for (const problem of problems) say(problem);
  say(
    problems.length === 0
      ? 'All that is right was accepted, and all that is broken refused.'
      : 'IT DID NOT HOLD',
  );
  if (problems.length > 0) process.exitCode = 1;
}

function withoutController(overlays: readonly Rendered[]): Rendered[] {
  const left = overlays.flatMap(({ manifests }) => manifests).filter(isOfController).length;
  say(`${left} objects of Temporal's worker controller are left out: name a folder with its repository`);
  return overlays.map(({ name, manifests }) => ({
    name,
    manifests: manifests.filter((manifest) => !isOfController(manifest)),
  }));
}

/** Writes the schemas of the kinds in use, or compares them with those that were written. */
async function recordingProblems(
  server: ApiServer,
  { version, controller, keep }: Omit<Wanted, 'versions'> & { readonly version: string },
  overlays: readonly Rendered[],
): Promise<string[]> {
  const manifests = overlays.flatMap((overlay) => overlay.manifests);
  const others = manifests.filter((manifest) => !isOfController(manifest));
  const versions = { Kubernetes: version, KEDA: KEDA.replace(/^v/, '') };
  const problems = keepSchemas(keep, await recordedFrom(server, versions, others));
  if (controller === undefined) return problems;
  const its = { "worker controller's CRDs": versionOfController(controller) };
  return [
    ...problems,
    ...keepSchemas(keep, await recordedFrom(server, its, manifests.filter(isOfController))),
  ];
}

async function problemsOf(
  server: ApiServer,
  version: string,
  overlays: readonly Rendered[],
): Promise<string[]> {
  const problems: string[] = [];
  const counts = { accepted: 0, refused: 0 };
  const since = performance.now();
  for (const { name, manifests } of overlays) {
    problems.push(...(await refusals(server, `${version} ${name}`, manifests)));
    problems.push(...(await acceptances(server, `${version} ${name}`, manifests)));
    counts.accepted += manifests.length;
    counts.refused += manifests.flatMap(brokenOnesOf).length;
  }
  const seconds = Math.round((performance.now() - since) / 1_000);
  say(`${version}: ${counts.accepted} objects to accept, ${counts.refused} to refuse (${seconds} s)`);
  return problems;
}

/** Of the check without a server: it may miss a mistake, but must accept what the servers accept. */
function checkProblems(overlays: readonly Rendered[]): string[] {
  const check = objectChecker();
  const broken = overlays.flatMap(({ manifests }) => manifests.flatMap(brokenOnesOf));
  const missed = broken.filter(({ object }) => check(object as Manifest).length === 0);
  const kinds = [...new Set(missed.map(({ what }) => what))].map(
    (kind) => `${kind} (${missed.filter(({ what }) => what === kind).length})`,
  );
  const refused = `\`npm run check\` refuses ${broken.length - missed.length} of ${broken.length}`;
  say(`${refused}${kinds.length > 0 ? `; it does not see ${kinds.join(', ')}` : ''}`);
  return overlays.flatMap(({ name, manifests }) =>
    manifests.flatMap(check).map((problem) => `${name}: \`npm run check\` says: ${problem}`),
  );
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
const [controller] = given.filter((each) => !versions.includes(each) && each !== RECORD);
main({
  versions: versions.length > 0 ? versions : VERSIONS,
  controller,
  keep: given.includes(RECORD) ? writeRecorded : compareWithRecorded,
}).catch((error: unknown) => {
  process.stderr.write(`${errorMessage(error)}\n`);
  process.exitCode = 1;
});
