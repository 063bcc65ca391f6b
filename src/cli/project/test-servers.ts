import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Command } from 'commander';
import { environment } from '../../config';
import { PINNED } from '../../dev/servers';
import { findServer, freePorts, startStack } from '../../dev/stack';
import { installMissing, SERVERS } from '../../dev/stack/install-missing';
import { CliError, EXIT } from '../exit';
import type { Output } from '../options';
import { wholeNumber, withOutput } from '../options';
import { untilInterrupted } from './interrupted';

interface Options extends Output {
  readonly nats?: number;
  readonly temporal?: number;
  readonly postgres?: number;
  readonly list?: string | true;
  readonly install?: true;
}

const ALL = PINNED.map(({ binary }) => binary);
const port = wholeNumber(1, 65_535);

const say = (line: string) => void process.stdout.write(`${line}\n`);
/** Messages go to standard error: standard output is for the shell that reads the addresses. */
const tell = (line: string) => void process.stderr.write(`${line}\n`);

/** Adds `sagaline test-servers`: the servers that tests of a project need, without the project's processes. */
export function addTestServers(program: Command): void {
  const command = program
    .command('test-servers')
    .description(
      'starts NATS, Temporal and PostgreSQL, empty, for tests; prints their addresses; ends them with Ctrl-C',
    )
    .option('--nats <port>', 'port of NATS; default: a free one', port)
    .option('--temporal <port>', 'port of Temporal; default: a free one', port)
    .option('--postgres <port>', 'port of PostgreSQL; default: a free one', port)
    .option('--install', 'only installs the programs of the servers, also the one of the time-skipping tests')
    .option('--list [server]', 'only prints where the programs are, or where one of them is');
  withOutput(command).action((options: Options) => {
    if (options.install === true) return installMissing(ALL, environment(), tell);
    return options.list === undefined ? run(options) : list(options.list);
  });
}

async function run({ output, ...given }: Options): Promise<void> {
  const interrupted = untilInterrupted();
  const [nats = 0, temporal = 0, temporalUi = 0, temporalHttp = 0, temporalMetrics = 0, postgres = 0] =
    await freePorts(6);
  await installMissing(SERVERS, { ...environment(), NATS_URL: undefined, TEMPORAL_ADDRESS: undefined }, tell);
  const dataDir = await mkdtemp(path.join(tmpdir(), 'sagaline-test-servers-'));
  try {
    const stack = await startStack({
      dataDir,
      ports: {
        nats: given.nats ?? nats,
        temporal: given.temporal ?? temporal,
        temporalUi,
        temporalHttp,
        temporalMetrics,
        postgres: given.postgres ?? postgres,
      },
      namespace: 'default',
      searchPath: environment()['PATH'],
      external: {},
      ephemeral: true,
      project: process.cwd(),
      log: tell,
      onUnexpectedExit: (server, detail) => tell(`${server} has ended by itself: ${detail}`),
    });
    const addresses = {
      NATS_URL: stack.natsUrl,
      TEMPORAL_ADDRESS: stack.temporalAddress,
      DATABASE_URL: stack.databaseUrl,
    };
    if (output === 'json') say(JSON.stringify(addresses));
    else for (const [name, value] of Object.entries(addresses)) say(`export ${name}='${value}'`);
    tell('Ctrl-C ends them.');
    await interrupted;
    await stack.stop();
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function list(which: string | true): Promise<void> {
  const binaries = which === true ? ALL : ALL.filter((binary) => binary === which);
  if (binaries.length === 0)
    throw new CliError('usage', `there is no server "${String(which)}", only ${ALL.join(', ')}`, EXIT.usage);
  const env = { ...environment(), NATS_URL: undefined, TEMPORAL_ADDRESS: undefined };
  await installMissing(binaries, env, tell);
  for (const binary of binaries) {
    const found = findServer(binary, environment()['PATH']);
    say(which === true ? `${binary}\t${found}` : found);
  }
}
