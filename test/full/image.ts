/**
 * `npm run image:try`: the image without Docker. Does the Dockerfile's steps in a folder, runs every service of ours in
 * docker-compose.yml from there, with the environment it has there, against the embedded servers; one order; the end.
 * Then the same roles from the sources, for comparison. `-- --node PATH` runs the image's roles with another Node.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs, parseEnv } from 'node:util';
import { fillShelves } from '../../demo/stock';
import { deploymentOf } from '../../scripts/deployment';
import { environmentIn, oursIn, roleOf } from '../../scripts/deployment/checks';
import { readCompose } from '../../scripts/deployment/compose';
import { environmentOf, parseDockerfile, wordsOf } from '../../scripts/deployment/dockerfile';
import { connectDatabase } from '../../src/adapters/postgres';
import { createTemporalClient } from '../../src/adapters/temporal';
import { environment } from '../../src/config';
import type { Stack } from '../../src/dev/stack';
import { freePorts, startStack } from '../../src/dev/stack';
import { findUnprivilegedUser, runningAsRoot } from '../../src/dev/stack/unprivileged-user';
import { makeImage } from './image/make';
import type { Running } from './image/processes';
import { endOf, launch, memoryOf, readyAfter } from './image/processes';

const ROOT = path.resolve(__dirname, '../..');
const LOOPBACK = '127.0.0.1';
/** Another address of this machine, where it has one: what the sandbox would listen on without its setting is not it. */
const SANDBOX_HOST = process.platform === 'linux' ? '127.0.0.2' : LOOPBACK;
const PROVISION = 'provision';
/** It ends when the workers poll. */
const DEPLOY = 'deploy set-current';
const say = (line: string) => void process.stdout.write(`${line}\n`);

interface Figures {
  readonly readyMs: number;
  readonly memoryMiB: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { node: { type: 'string', default: process.execPath } } });
  const place = mkdtempSync(path.join(tmpdir(), 'sagaline-image-'));
  chmodSync(place, 0o755);
  try {
    const deployment = deploymentOf(ROOT);
    const stages = parseDockerfile(deployment.dockerfile);
    const last = stages.at(-1);
    if (last === undefined) throw new Error('the Dockerfile has no stage');
    const imageEnvironment = environmentOf(last);
    const app = await makeImage({ stages, context: ROOT, place, say });
    for (const folder of ['node_modules', 'dist', 'build'])
      say(`${folder}: ${sizeOf(path.join(app, folder))} MB`);

    const sandbox = parseEnv(readFileSync(path.join(ROOT, 'deploy/sandbox.env'), 'utf8')) as Record<
      string,
      string
    >;
    const services = oursIn(readCompose(deployment.compose, sandbox)).flatMap(([name, service]) =>
      Array.from({ length: service.deploy?.replicas ?? 1 }, (_, index) => ({
        name: index === 0 ? name : `${name}-${index + 1}`,
        role: roleOf(service),
        environment: inClear(environmentIn(service, { imageEnvironment })),
      })),
    );
    const entrypoint = (wordsOf(last, 'ENTRYPOINT') ?? []).slice(1);
    const [shell = '', ...health] = wordsOf(last, 'HEALTHCHECK') ?? [];
    const user = runningAsRoot() ? findUnprivilegedUser() : undefined;
    const stack = await startServers(place);
    try {
      say(
        `\nthe image, with Node ${execFileSync(values.node, ['-v'], { encoding: 'utf8' }).trim()}, as ${user?.name ?? 'this user'}`,
      );
      const image = {
        cwd: app,
        command: (role: string) => [values.node, ...entrypoint, ...wordsFor(role)],
        user,
      };
      const built = await runAll(stack, services, image, place, 'image', ({ env }) => {
        const { status } = spawnSync(shell, health, { env, timeout: 30_000 });
        if (status !== 0) throw new Error(`HEALTHCHECK answers ${String(status)} where /readyz answers 200`);
      });
      say('\nfrom the sources, for comparison');
      const sources = {
        cwd: ROOT,
        command: (role: string) => [
          process.execPath,
          '--conditions=sagaline-source',
          'bin/sagaline.mjs',
          ...wordsFor(role),
        ],
        user: undefined,
      };
      const loose = await runAll(stack, services, sources, place, 'sources', () => undefined);
      report(built, loose);
    } finally {
      await stack.stop();
    }
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** The embedded Temporal has neither TLS nor tokens. */
function inClear(environment: Readonly<Record<string, string>>): Record<string, string> {
  const secured = /^TEMPORAL_(TLS_|API_KEY)/;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !secured.test(name)));
}

/** What the image is started with, for a role of the compose file. */
function wordsFor(role: string): readonly string[] {
  return role === PROVISION || role === DEPLOY ? role.split(' ') : ['run', role];
}

interface Way {
  readonly cwd: string;
  readonly command: (role: string) => readonly string[];
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
}

interface Wanted {
  readonly name: string;
  readonly role: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Provisions, starts all, sees one order completed, stops all: each must do its part, or this throws. */
async function runAll(
  stack: Stack,
  services: readonly Wanted[],
  { cwd, command, user }: Way,
  place: string,
  way: string,
  look: (running: Running) => void,
): Promise<Map<string, Figures>> {
  const logFolder = path.join(place, `${way}-logs`);
  const data = path.join(place, `${way}-data`);
  for (const folder of [logFolder, data]) mkdirSync(folder);
  if (user) chownSync(data, user.uid, user.gid);
  const settle = await settlerFor(stack, services.length, data);
  // In production sources must be told which version they are.
  const version = way === 'sources' ? { BUILD_ID: way } : {};
  const start = ({ name, role, environment: given }: Wanted) =>
    launch({
      name,
      command: command(role),
      cwd,
      env: { ...settle(role, given), ...version },
      user,
      logFolder,
    });

  const provision = services.filter(({ role }) => role === PROVISION).map(start);
  for (const running of provision) expectEnd(running, await endOf(running));
  await stock(stack);

  const up: Running[] = [];
  try {
    for (const wanted of services.filter(({ role }) => role !== PROVISION && role !== DEPLOY))
      up.push(start(wanted));
    for (const running of services.filter(({ role }) => role === DEPLOY).map(start))
      expectEnd(running, await endOf(running));
    const readyMs = await Promise.all(up.map(readyAfter));
    for (const running of up) look(running);
    await completeAnOrder(stack, up, `order-of-${way}`).catch((error: unknown) => {
      for (const { name, log } of up) say(`--- ${name}\n${log()}`);
      throw error;
    });
    const figures = new Map(
      up.map((running, index) => [
        running.name,
        { readyMs: readyMs[index] ?? 0, memoryMiB: memoryOf(running) },
      ]),
    );
    for (const { child } of up) child.kill('SIGTERM');
    for (const running of up) expectEnd(running, await endOf(running));
    const bundles = up.filter(({ log }) => log().includes('Workflow bundle created')).map(({ name }) => name);
    say(`all ended with code 0; bundled workflows at the start: ${bundles.join(', ') || 'none'}`);
    if (way === 'image' && bundles.length > 0) throw new Error('the image has a bundle and does not use it');
    return figures;
  } finally {
    for (const { child } of up) if (child.exitCode === null) child.kill('SIGKILL');
  }
}

/** The environment of a container as this machine understands it: other addresses, ports of its own, and a data folder. */
async function settlerFor(stack: Stack, count: number, data: string) {
  const [gateway = 0, sandbox = 0, console = 0, ...ports] = await freePorts(count + 3);
  const addresses = {
    'nats:4222': new URL(stack.natsUrl).host,
    'temporal:7233': stack.temporalAddress,
    'postgres:5432': new URL(stack.databaseUrl).host,
    'providers:8090': `${SANDBOX_HOST}:${sandbox}`,
    '/run/secrets/api-keys': path.join(ROOT, 'deploy/sandbox-api-keys.json'),
  };
  return (role: string, given: Readonly<Record<string, string>>): Record<string, string> => {
    const moved = Object.entries(given).map(([name, value]) => {
      const here = Object.entries(addresses).reduce(
        (text, [there, address]) => text.replace(there, address),
        value,
      );
      return [name, here.replace(/^(0\.0\.0\.0|gateway)$/, LOOPBACK)] as const;
    });
    return {
      ...Object.fromEntries(moved),
      ...(given['SANDBOX_HOST'] === undefined ? {} : { SANDBOX_HOST, SANDBOX_PORT: String(sandbox) }),
      DATA_DIR: data,
      GATEWAY_PORT: String(gateway),
      CONSOLE_PORT: String(console),
      HEALTH_PORT: String(ports.pop() ?? 0),
    };
  };
}

function expectEnd({ name, log }: Running, code: number | string): void {
  if (code !== 0) throw new Error(`${name} ended with ${code}; it wrote:\n${log()}`);
}

async function completeAnOrder(stack: Stack, up: readonly Running[], id: string): Promise<void> {
  const gateway = up.find(({ name }) => name === 'gateway')?.env['GATEWAY_PORT'] ?? '';
  const example = readFileSync(path.join(ROOT, 'docs/examples/order-submitted.json'), 'utf8');
  const since = performance.now();
  const answer = await fetch(`http://${LOOPBACK}:${gateway}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents+json' },
    body: example.replaceAll('my-first-order', id),
  });
  if (answer.status !== 202) throw new Error(`the gateway answers ${answer.status}: ${await answer.text()}`);
  const temporal = createTemporalClient({ address: stack.temporalAddress, namespace: 'default' });
  try {
    await temporal.connection.ensureConnected();
    const { state } = await resultOf(temporal, `order-${id}`);
    if (state !== 'completed') throw new Error(`the order is ${state}`);
    say(`an order was completed in ${((performance.now() - since) / 1_000).toFixed(1)} s`);
  } finally {
    await temporal.connection.close();
  }
}

/** A new database has empty shelves. */
async function stock({ databaseUrl }: Stack): Promise<void> {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const database = connectDatabase({ url: databaseUrl, poolSize: 1, name: 'image-try', log });
  await fillShelves(database);
  await database.end();
}

const ORDER_WITHIN_MS = 60_000;

async function resultOf(
  temporal: ReturnType<typeof createTemporalClient>,
  workflowId: string,
): Promise<{ state: string }> {
  const deadline = Date.now() + ORDER_WITHIN_MS;
  return temporal.withDeadline(deadline, async () => {
    for (;;) {
      try {
        return (await temporal.workflow.getHandle(workflowId).result()) as { state: string };
      } catch (error) {
        // The bridge may not have opened it yet.
        if (Date.now() > deadline || !(error instanceof Error) || error.name !== 'WorkflowNotFoundError')
          throw error;
      }
    }
  });
}

async function startServers(place: string): Promise<Stack> {
  const [nats = 0, temporal = 0, temporalUi = 0, temporalHttp = 0, temporalMetrics = 0, postgres = 0] =
    await freePorts(6);
  return startStack({
    dataDir: path.join(place, 'servers'),
    ports: { nats, temporal, temporalUi, temporalHttp, temporalMetrics, postgres },
    namespace: 'default',
    searchPath: environment()['PATH'],
    external: {},
    ephemeral: true,
    log: () => undefined,
    onUnexpectedExit: (server, detail) => {
      throw new Error(`${server} has ended: ${detail}`);
    },
  });
}

function report(built: ReadonlyMap<string, Figures>, loose: ReadonlyMap<string, Figures>): void {
  const seconds = (ms = 0) => `${(ms / 1_000).toFixed(1)} s`.padStart(8);
  const memory = (mib = 0) => `${mib} MiB`.padStart(9);
  say(`\n${'service'.padEnd(24)}${'ready'.padStart(8)}${'RSS'.padStart(9)}   from sources: ready, RSS`);
  for (const [name, { readyMs, memoryMiB }] of built) {
    const other = loose.get(name);
    say(
      `${name.padEnd(24)}${seconds(readyMs)}${memory(memoryMiB)}   ${seconds(other?.readyMs)}${memory(other?.memoryMiB)}`,
    );
  }
}

function sizeOf(folder: string): number {
  return Number(execFileSync('du', ['-sm', folder], { encoding: 'utf8' }).split('\t')[0]);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
