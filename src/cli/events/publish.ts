import type { Command } from 'commander';
import { publishOnRecord } from '../../operator';
import { CliError, EXIT } from '../exit';
import type { Assignment, Output } from '../options';
import { assignment, duration, withOutput } from '../options';
import type { CliContext } from '../context';
import { newEvent } from './new-event';
import { exitCodeOf, wordsOf } from './outcome';
import type * as waiting from './wait';

interface PublishOptions extends Output {
  readonly type?: string;
  readonly file?: string;
  readonly example?: true;
  readonly set?: readonly Assignment[];
  readonly id?: string;
  readonly source?: string;
  readonly reason?: string;
  readonly wait?: true;
  readonly expect?: string;
  readonly timeout: number;
}

const DEFAULT_TIMEOUT_MS = 60_000;

export function addPublish(events: Command, cliContext: CliContext): void {
  withOutput(
    events
      .command('publish')
      .description('checks one event against its contract and publishes it')
      .argument('[input]', '"-": the event from standard input')
      .option('--type <type>', 'of a contract, whole or its end: <context>.<fact> for the newest version')
      .option('--file <file>', 'a CloudEvent as JSON, or with --type its data alone')
      .option('--example', "the example of the type's contract")
      .option('--set <path=value>', 'puts a value into the event, data.name=value; repeatable', assignment)
      .option('--id <id>', 'of the event; a new one otherwise. The same source and id is the same event')
      .option('--source <source>', 'of the event')
      .option('--reason <text>', 'why, for the audit')
      .option('--wait', 'waits until the processes that the event reaches have ended; see the exit codes')
      .option(
        '--expect <state>',
        'with --wait: the end that counts as success; default: the one that the process names',
      )
      .option('--timeout <time>', 'with --wait: gives up after it', duration, DEFAULT_TIMEOUT_MS),
  ).action((input: string | undefined, options: PublishOptions) => publish(cliContext, input, options));
}

async function publish(
  cliContext: CliContext,
  input: string | undefined,
  options: PublishOptions,
): Promise<void> {
  const { terminal, catalogue } = cliContext;
  const { type, set, id, source } = options;
  const text = await draftText(cliContext, input, options);
  const { seal } = cliContext.personal();
  const { event, outgoing } = await newEvent({ type, text, set, id, source }, catalogue, seal);
  if (options.wait) theWaiting().routesToWaitFor(cliContext, event);
  const { subject } = outgoing;
  const receipt = await publishOnRecord(cliContext, { event, outgoing }, { reason: options.reason });
  const published = {
    id: event.id,
    source: event.source,
    type: event.type,
    key: event.key,
    subject,
    ...receipt,
  };
  if (options.output === 'text') {
    const known = receipt.duplicate ? ', which was there already' : '';
    terminal.out(`${subject} is event ${receipt.sequence} of ${receipt.stream}${known}`);
  }
  if (!options.wait) {
    if (options.output === 'json') terminal.out(JSON.stringify(published));
    return;
  }
  const outcomes = await theWaiting().waitForEnd(cliContext, event, receipt.sequence, {
    expected: options.expect,
    timeoutMs: options.timeout,
  });
  if (options.output === 'json') terminal.out(JSON.stringify({ ...published, outcomes }));
  else for (const outcome of outcomes) terminal.out(wordsOf(outcome));
  cliContext.exitWith(exitCodeOf(outcomes));
}

async function draftText(
  { terminal }: CliContext,
  input: string | undefined,
  { file, example, type }: PublishOptions,
): Promise<Uint8Array | undefined> {
  const sources = [input !== undefined, file !== undefined, example === true].filter(Boolean).length;
  if (sources !== 1 || (input !== undefined && input !== '-') || (example && type === undefined)) {
    const message = 'say where the event is: --file <file>, - for standard input, or --type <type> --example';
    throw new CliError('usage', message, EXIT.usage);
  }
  if (input === '-') return terminal.input();
  return file === undefined ? undefined : terminal.file(file);
}

/** Loaded for `--wait`, with the client of Temporal. */
function theWaiting(): typeof waiting {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an `import()` would not be tsx's, whose hook is for CommonJS
  return require('./wait') as typeof waiting;
}
