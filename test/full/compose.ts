/**
 * `npm run test:full -- compose`: docker-compose.yml in a Docker engine, with images that are built here. Starts all, sends orders,
 * stops all and starts it again, kills each container, replaces the image under load; in the end each order has ended once.
 * `-- compose cluster`: with docker-compose.cluster.yml; orders end while each server of the cluster is away.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { runCases } from './compose/cases';
import { runClusterCases } from './compose/cluster';
import { installDebianTools } from './compose/debian-tools';
import { startEngine } from './compose/engine';
import { buildCompose } from './compose/programs';
import { FORMS, openProject } from './compose/project';
import { buildStandIns } from './compose/stand-ins';

const ROOT = path.resolve(__dirname, '../..');
/** Grafana cannot be built here: everything but it. */
const PROFILES = ['sandbox'];
const say = (line: string) => void process.stdout.write(`${line}\n`);

async function main([given = 'single']: readonly string[]): Promise<void> {
  const form = FORMS.find((name) => name === given);
  if (form === undefined) throw new Error(`"${given}" is none of ${FORMS.join(', ')}`);
  await installDebianTools(say);
  const compose = await buildCompose(say);
  const engine = await startEngine();
  try {
    const { said } = await engine.docker(['version', '--format', '{{.Server.Version}}']);
    say(`Docker engine ${said.trim()}, ${path.basename(path.dirname(compose))}`);
    for (const { image, what } of await buildStandIns(engine, imagesOf(), say))
      say(`  ${image.padEnd(30)} stand-in: ${what}`);
    const project = await openProject(engine, { composeProgram: compose, profiles: PROFILES, form });
    const built = await project.compose(['build']);
    if (built.code !== 0) throw new Error(`docker compose build ended with ${built.code}:\n${built.said}`);
    say(`the image, by our Dockerfile: built in ${Math.round(built.seconds)} s`);
    const cases = { single: runCases, cluster: runClusterCases }[form];
    const problems = await cases(project, engine, say);
    for (const problem of problems) say(`NOT OK: ${problem}`);
    if (problems.length > 0) process.exitCode = 1;
  } finally {
    await engine.stop();
  }
}

/** Every image that is not ours, but Grafana's. */
function imagesOf(): string[] {
  const read = (name: string) => readFileSync(path.join(ROOT, name), 'utf8');
  const named = [...read('docker-compose.yml').matchAll(/^ {4}image: (\S+)$/gm)].map(
    ([, image = '']) => image,
  );
  const [, node = ''] = /^ARG NODE_IMAGE=(\S+)$/m.exec(read('Dockerfile')) ?? [];
  return [node, ...new Set(named)].filter((image) => !image.startsWith('grafana/'));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
});
