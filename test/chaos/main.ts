/** `npm run chaos`: see docs/reliability.md. Exit code 0 only where every invariant holds. */
import { randomInt } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { runCommand, say } from '../../demo/command-line';
import { forPeople, forPrograms } from './report';
import { run } from './run';
import { runSabotaged, sabotages } from './sabotage';

interface Options {
  readonly seed: number;
  readonly orders: number;
  readonly seconds: number;
  readonly json?: string;
  readonly sabotage?: string;
  readonly focus?: string;
  readonly secure?: true;
}

/** Seeds that are short enough to be typed. */
const SEEDS = 1_000_000;
/** More than that is a typing error on one machine. */
const MOST_ORDERS = 100_000;
const MOST_SECONDS = 24 * 60 * 60;
/** Exit code of a program that ends because of Ctrl-C. */
const INTERRUPTED = 130;

const names = Object.keys(sabotages);
const command = new Command('chaos')
  .description(
    'Orders of all kinds while everything is killed, halted, cut off and slowed down; then a verdict.',
  )
  .option('--seed <number>', 'the same orders and faults as another run', readUpTo(SEEDS), randomInt(SEEDS))
  .option('--orders <number>', 'how many orders', readUpTo(MOST_ORDERS), 500)
  .option('--seconds <number>', 'for how long there are faults', readUpTo(MOST_SECONDS), 300)
  .option('--json <file>', 'write the verdict for a program, too')
  .option('--secure', 'on a secured stack: docs/secured-start.md')
  .addOption(new Option('--sabotage <name>', 'break one thing on purpose: it must be red').choices(names))
  .addOption(new Option('--focus <name>', 'the faults by which a sabotage shows, without it').choices(names))
  .action(async (options: Options) => {
    process.exitCode = options.sabotage === undefined ? await honestly(options) : await sabotaged(options);
  });

function readUpTo(most: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (Number.isInteger(number) && number >= 1 && number <= most) return number;
    throw new InvalidArgumentError(`it must be a whole number from 1 to ${most}.`);
  };
}

async function honestly({ seed, orders, seconds, json, focus, secure }: Options): Promise<number> {
  const again = `${focus === undefined ? '' : ` --focus ${focus}`}${secure ? ' --secure' : ''}`;
  say(`npm run chaos -- --seed ${seed} --orders ${orders} --seconds ${seconds}${again}`);
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort());
  const folder = await mkdtemp(path.join(tmpdir(), 'sagaline-chaos-'));
  let isRed = false;
  try {
    const options = { seed, orders, seconds, focus: sabotages[focus ?? '']?.focus };
    const ended = await run(options, { folder, secure: secure === true, say, signal: interruption.signal });
    if (!ended) return INTERRUPTED;
    const { outcome, evidence } = ended;
    say(forPeople(outcome, evidence));
    if (json !== undefined) await writeFile(json, `${JSON.stringify(forPrograms(outcome), null, 2)}\n`);
    isRed = outcome.verdict === 'red';
    if (isRed) say(`logs and data of the run: ${folder}`);
    return isRed ? 1 : 0;
  } finally {
    if (!isRed) await rm(folder, { recursive: true, force: true });
  }
}

async function sabotaged({ sabotage = '', seed, orders, seconds, json }: Options): Promise<number> {
  const broken = sabotages[sabotage];
  if (!broken) throw new Error(`there is no sabotage "${sabotage}"`);
  say(`sabotage ${sabotage}: ${broken.what}`);
  const numbers = Object.entries({ seed, orders, seconds }).flatMap(([name, value]) => [
    `--${name}`,
    String(value),
  ]);
  const file = json === undefined ? [] : ['--json', path.resolve(json)];
  return runSabotaged(broken, [...numbers, '--focus', sabotage, ...file]);
}

void runCommand(command);
