import path from 'node:path';
import type { Command } from 'commander';
import { errorMessage } from '../../contracts';
import { environment, InvalidConfigError } from '../../config';
import { untilOrphaned } from '../../dev/orphaned';
import type { Watching } from '../../dev/watch';
import type { LoadedApp } from '../../runtime/app';
import type { CliContext } from '../context';
import type { AfterStart, Local, RoleCounts } from '../../runtime/local';
import { CliError, EXIT } from '../exit';
import { INTERRUPTED, untilInterrupted } from './interrupted';
import { theLocalStack } from '../lazy';
import { readCount, readWorkerCounts, unknownPool } from './role-counts';
import { watchProject } from './watch';

interface Options {
  readonly tour: boolean;
  readonly fresh?: true;
  readonly secure?: true;
  readonly watch?: true;
  readonly workers?: RoleCounts;
  readonly bridges?: number;
  readonly relays?: number;
}

/** Exit code of a process that was ended with SIGKILL. */
const ORPHANED = 137;

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** `sagaline start`: everything on this machine, until Ctrl-C. */
export function addStart(program: Command, cliContext: CliContext): void {
  program
    .command('start')
    .description('starts the servers and all processes of the project on this machine, until Ctrl-C')
    .option('--no-tour', 'only start: without the tour of the project')
    .option(
      '--workers <pool=count>',
      'processes of a worker pool, several with commas between them',
      readWorkerCounts,
    )
    .option('--bridges <count>', 'processes of the bridge', readCount)
    .option('--relays <count>', 'processes of the relay: one is active, the others stand by', readCount)
    .option(
      '--fresh',
      'begin anew: delete the streams, workflows, database, journal and logs of earlier runs in DATA_DIR',
    )
    .option('--secure', 'with TLS, users, tokens and encryption, and keys of its own: docs/secured-start.md')
    .option('--watch', 'restart the processes when a file of the project changes; the servers stay up')
    .action((options: Options) => start(cliContext.project(), options));
}

async function start(app: LoadedApp, options: Options): Promise<void> {
  const problem = unknownPool(options.workers ?? {}, Object.keys(app.pools));
  if (problem !== undefined) throw new CliError('unknown-pool', problem, EXIT.usage);
  endWithNpm();
  const interrupted = untilInterrupted();
  let started = false;
  void interrupted.then(() => {
    if (started) return;
    // Half a stack cannot end in order: when this process exits, the watchdogs end what runs.
    say('\nending what has been started …');
    process.exit(INTERRUPTED);
  });
  const local = await theLocalStack().startLocal({
    app,
    settings: {},
    counts: { bridge: options.bridges ?? 1, relay: options.relays ?? 1, ...options.workers },
    secure: options.secure === true,
    fresh: options.fresh === true,
    log: (line) => say(`  ${line}`),
  });
  started = true;
  const watching = options.watch === true ? await watchProject(app, local, say) : undefined;
  const stop = stopper(local, watching);
  void interrupted.then(stop);
  try {
    introduce(local);
    await moduleOf(app, 'seed')?.(local, say);
    if (options.tour) await moduleOf(app, 'tour')?.(local, say);
  } catch (error) {
    if (!stop.asked()) throw error;
  } finally {
    if (!stop.asked())
      say(
        `\nAll is up. ${watching === undefined ? '' : 'A change of a file restarts the processes. '}Ctrl-C ends it.`,
      );
    await interrupted;
    await stop();
  }
}

/** Loads the seed or the tour, if the project has one. @throws InvalidConfigError when the module does not load */
function moduleOf({ root, dev = {} }: LoadedApp, name: 'seed' | 'tour'): AfterStart | undefined {
  const module = dev[name];
  if (module === undefined) return undefined;
  const file = path.resolve(root, module);
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- as the configuration file is loaded
    return (require(file) as { readonly default: AfterStart }).default;
  } catch (error) {
    const why = errorMessage(error);
    throw new InvalidConfigError([`dev.${name}: ${file} cannot be loaded: ${why}`], { cause: error });
  }
}

function introduce(local: Local): void {
  const { gatewayUrl, consoleUrl, temporalUiUrl, devUrls, config, logFolder, secured } = local;
  const rows = [
    ['processes', inWords(Object.keys(local.rolePids()))],
    ['Temporal UI', temporalUiUrl],
    [
      'gateway',
      `${gatewayUrl}/events${config.gatewayAccess.mode === 'none' ? ' (open: no token needed)' : ''}`,
    ],
    ['console', `${consoleUrl}${secured === undefined ? ' (open: no token needed)' : ''}`],
    ['NATS', config.NATS_URL],
    ['PostgreSQL', secured === undefined ? config.DATABASE_URL : withoutPassword(config.DATABASE_URL)],
    ...Object.entries(devUrls),
    ['logs', logFolder],
    ...Object.entries(local.healthUrls()).map(([name, url]) => [`health ${name}`, url]),
  ];
  const width = Math.max(...rows.map(([name = '']) => name.length)) + 3;
  say(`\n${rows.map(([name = '', value = '']) => `  ${name.padEnd(width)}${value}`).join('\n')}`);
  if (secured === undefined) {
    say('\n  Open to every program on this machine, and to no other machine: --secure closes it.');
    return;
  }
  say(`\nSecured. Keys and tokens, for you alone, are in ${secured.folder}. To copy:\n`);
  for (const line of secured.lines) say(`  ${line}`);
}

/** A secured stack's password is in its `operator.env`, and on no screen. */
function withoutPassword(address: string): string {
  const url = new URL(address);
  url.password = '';
  return url.href;
}

/** Counts the processes of each role: `payments-2` is the second process of `payments`. */
function inWords(names: readonly string[]): string {
  const kinds = names.map((name) => name.replace(/^worker:/, '').replace(/-\d+$/, ''));
  return [...new Set(kinds)]
    .map((kind) => [kind, kinds.filter((other) => other === kind).length] as const)
    .map(([kind, count]) => (count === 1 ? kind : `${kind} × ${count}`))
    .sort()
    .join(', ');
}

/** Returns a function that stops everything once, however often it is called. */
function stopper(local: Local, watching: Watching | undefined): (() => Promise<void>) & { asked(): boolean } {
  let stopping: Promise<void> | undefined;
  const stop = () => {
    if (!stopping) say('\nending the processes, then the servers …');
    return (stopping ??= Promise.resolve(watching?.close()).then(() => local.stop()));
  };
  return Object.assign(stop, { asked: () => stopping !== undefined });
}

/**
 * If npm is killed, this process runs on and gets no Ctrl-C. It then exits, as if it had been killed too, and the watchdogs end
 * the rest.
 */
function endWithNpm(): void {
  if (environment()['npm_lifecycle_event'] !== 'start') return;
  void untilOrphaned().then(() => process.exit(ORPHANED));
}
