/**
 * What the API servers of two versions of Kubernetes say of deploy/kubernetes: all objects of each overlay must be accepted, and each one
 * that is broken must be refused. `npm run test:full -- kubernetes [version]`: some minutes, and ten more to build them the first time.
 * Needs Go, and downloads Debian's package etcd-server by apt-get. With the word `record` it writes what the servers say of each
 * kind into scripts/deployment/manifests/schemas, for `npm run check`; without, it fails if they say something else now.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { objectChecker } from '../../scripts/deployment/manifests';
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
import { buildKubernetes, kedaFiles } from './kubernetes/programs';
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
const KINDS_OF_KEDA = 'keda.sh_';
/** The server checks each in some milliseconds; kubectl takes most of a request. */
const AT_ONCE = 4;

async function main(versions: readonly string[], keep: Keep): Promise<void> {
  const kubectl = await findProgram(KUBECTL, environment(), say);
  const keda = await kedaFiles();
  const overlays = buildable(MANIFESTS)
    .filter((name) => name.startsWith('overlays/'))
    .map((name) => render(kubectl, MANIFESTS, name));
  const problems = keepScalers(keep, scalersFrom(keda.scalers));
  const etcd = await debianPackage('etcd-server');
  try {
    for (const version of versions) {
      const programs = await buildKubernetes(version, say);
      const server = await startApiServer(programs, path.join(etcd.programs, 'etcd'));
      try {
        await prepare(server, keda.definitions);
        const all = overlays.flatMap(({ manifests }) => manifests);
        problems.push(...keepSchemas(keep, await recordedFrom(server, version, all)));
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

/** KEDA's kinds, and the namespace: a dry run does not make it for the next object. */
async function prepare({ kubectl }: ApiServer, definitions: string): Promise<void> {
  for (const file of readdirSync(definitions).filter((name) => name.startsWith(KINDS_OF_KEDA))) {
    const text = readFileSync(path.join(definitions, file), 'utf8');
    const { ok, said } = await kubectl(['apply', '--server-side', '-f', '-'], text);
    if (!ok) throw new Error(`${file}: ${said}`);
  }
  const kinds = ['scaledobjects.keda.sh', 'triggerauthentications.keda.sh'].map((name) => `crd/${name}`);
  const established = await kubectl(['wait', '--for=condition=Established', '--timeout=60s', ...kinds]);
  if (!established.ok) throw new Error(established.said);
  const namespace = await kubectl(['create', 'namespace', 'sagaline']);
  if (!namespace.ok) throw new Error(namespace.said);
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
const versions = given.filter((word) => word !== RECORD);
const keep = given.includes(RECORD) ? writeRecorded : compareWithRecorded;
main(versions.length > 0 ? versions : VERSIONS, keep).catch((error: unknown) => {
  process.stderr.write(`${errorMessage(error)}\n`);
  process.exitCode = 1;
});
