import type { Command } from 'commander';
import { Option } from 'commander';
import { parkedDeadLetters } from '../adapters/nats';
import { oneLine } from '../contracts';
import type { DeadLetterParts, DeadLetterFile, DeadLetterPage, Operation } from '../dead-letters';
import {
  discardDeadLetter,
  editDeadLetter,
  listDeadLetters,
  RefusedError,
  showDeadLetter,
} from '../dead-letters';
import { withValues } from './assign';
import { CliError, EXIT } from './exit';
import type { Assignment, Output } from './options';
import {
  assignment,
  contextName,
  correlationKey,
  moment,
  reasonName,
  sequenceNumber,
  sequenceNumbers,
  wholeNumber,
  withOutput,
} from './options';
import { payloadOf, payloadText } from './payload';
import type { RedriveOptions } from './redrive';
import { redrive } from './redrive';
import { table } from './table';
import type { CliContext } from './context';

interface Filter {
  readonly reason?: string;
  readonly context?: string;
  readonly key?: string;
  readonly since?: Date;
  readonly limit: number;
}

interface ListOptions extends Output, Filter {
  readonly all?: true;
  readonly order: 'newest' | 'oldest';
  readonly cursor?: number;
}

interface EditOptions extends Output {
  readonly file?: string;
  readonly set?: readonly Assignment[];
  readonly subject?: string;
  readonly by: string;
  readonly why?: string;
}

interface DiscardOptions extends Output {
  readonly by: string;
  readonly why: string;
}

const PAGE = 20;
/** One page: more are asked for with --cursor. */
const LARGEST_PAGE = 1_000;
const REDRIVEN_AT_ONCE = 100;

export function addDeadLetters(program: Command, cliContext: CliContext): void {
  const deadLetters = program
    .command('dead-letters')
    .description('events that could not be applied: docs/dead-letters.md says what each reason asks for');
  const by = () => new Option('--by <name>', 'who does it').default(cliContext.user);
  const filtered = (command: Command, limit: number) =>
    command
      .option('--reason <reason>', 'with this reason only', reasonName)
      .option('--context <context>', 'of this context only: the word before the fact', contextName)
      .option('--key <key>', 'with this correlation key only', correlationKey)
      .option('--since <time>', 'dead-lettered since: 2h (ago), or 2026-01-31T12:00:00Z', moment)
      .option('--limit <number>', 'so many at most', wholeNumber(1, LARGEST_PAGE), limit);

  withOutput(filtered(deadLetters.command('list').description('open dead letters, the newest first'), PAGE))
    .option('--all', 'also those that were redriven or discarded')
    .addOption(
      new Option('--order <order>', 'which come first').choices(['newest', 'oldest']).default('newest'),
    )
    .option('--cursor <sequence>', 'goes on where the page before has ended', sequenceNumber)
    .action(async (options: ListOptions) => {
      showPage(cliContext, await listDeadLetters(await cliContext.deadLetters(), options), options);
    });

  withOutput(
    deadLetters
      .command('parked')
      .description('dead letters that wait until their stream takes them: docs/operating.md#full-streams')
      .option('--limit <number>', 'so many at most', wholeNumber(1, LARGEST_PAGE), PAGE),
  ).action(async ({ output, limit }: ListOptions) => {
    const parked = await parkedDeadLetters(await cliContext.nats(), { limit });
    const rows = parked.map(({ sequence, storedAt, reason, subject, detail }) =>
      [String(sequence), storedAt.toISOString(), reason, subject, detail].map(oneLine),
    );
    cliContext.terminal.out(
      output === 'json'
        ? JSON.stringify({ parked })
        : parked.length === 0
          ? 'no dead letter is parked'
          : table(['event', 'stored', 'reason', 'subject', 'detail'], rows),
    );
  });

  withOutput(
    deadLetters
      .command('show')
      .description('one dead letter with all that is known of it')
      .argument('<sequence>', 'its number in the list', sequenceNumber),
  ).action(async (sequence: number, options: Output) => {
    showFile(cliContext, await showDeadLetter(await cliContext.deadLetters(), sequence), options);
  });

  withOutput(
    deadLetters
      .command('edit')
      .description(
        'says what is to be redriven in its stead; it is checked first, and the dead letter stays as it is',
      )
      .argument('<sequence>', 'its number in the list', sequenceNumber)
      .argument('[input]', '"-": the event from standard input')
      .option('--file <file>', 'the whole event, a CloudEvent as JSON')
      .option('--set <path=value>', 'puts a value into the event: data.quantity=3; repeatable', assignment)
      .option('--subject <subject>', 'where the event belongs to another subject than it was published to')
      .addOption(by())
      .option('--why <reason>', 'for whoever asks later'),
  ).action(async (sequence: number, input: string | undefined, options: EditOptions) => {
    const parts = await cliContext.deadLetters();
    const body = await editedBody(cliContext, parts, sequence, input, options);
    const { subject, by: who, why } = options;
    showOperation(
      cliContext,
      sequence,
      await editDeadLetter(parts, sequence, { body, subject, by: who, why }),
      options,
    );
  });

  withOutput(
    filtered(
      deadLetters
        .command('redrive')
        .description(
          'sends events once more, with their own source and id: those named, or the open ones of a filter',
        )
        .argument('[sequence...]', 'their numbers in the list', sequenceNumbers),
      REDRIVEN_AT_ONCE,
    )
      .option('--route <name>', 'to this route instead of the one that the dead letter names')
      .option('--again', 'also where it was redriven or discarded before')
      .option('--dry-run', 'only says what would be done')
      .addOption(by())
      .option('--why <reason>', 'for whoever asks later'),
  ).action((sequences: readonly number[], options: RedriveOptions) =>
    redrive(cliContext, sequences, options),
  );

  withOutput(
    deadLetters
      .command('discard')
      .description('records that nothing is to be done with it; it stays in its stream')
      .argument('<sequence>', 'its number in the list', sequenceNumber)
      .requiredOption('--why <reason>', 'why nothing is to be done')
      .addOption(by()),
  ).action(async (sequence: number, options: DiscardOptions) => {
    const { by: who, why } = options;
    const operation = await discardDeadLetter(await cliContext.deadLetters(), sequence, { by: who, why });
    showOperation(cliContext, sequence, operation, options);
  });
}

function showPage({ terminal }: CliContext, { items, next }: DeadLetterPage, { output }: ListOptions): void {
  if (output === 'json') {
    terminal.out(JSON.stringify({ deadLetters: items, next: next ?? null }));
    return;
  }
  const rows = items.map(({ sequence, deadLetteredAt, state, reason, context, key, detail }) => [
    String(sequence),
    deadLetteredAt,
    state,
    reason,
    context,
    key,
    detail.slice(0, MAX_CELL),
  ]);
  terminal.out(
    items.length === 0
      ? 'none'
      : table(['dead-letter', 'dead-lettered', 'state', 'reason', 'context', 'key', 'detail'], rows),
  );
  if (next !== undefined) terminal.out(`\nmore: --cursor ${next}`);
}

const MAX_CELL = 80;

function showFile(
  { terminal }: CliContext,
  { deadLetter, past, state, message }: DeadLetterFile,
  { output }: Output,
): void {
  const { body, ...rest } = deadLetter;
  const edited = past.operations.some(({ kind }) => kind === 'edited');
  if (output === 'json') {
    const { operations } = past;
    terminal.out(
      JSON.stringify({
        ...rest,
        state,
        payload: payloadOf(body),
        operations: operations.map(withoutBody),
        ...(edited && { edited: { subject: message.subject, payload: payloadOf(message.body) } }),
      }),
    );
    return;
  }
  const { headers, omittedHeaders, event, ...facts } = rest;
  const lines = [
    ...Object.entries({ ...facts, state }).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name.padEnd(NAME_WIDTH)} ${value}`],
    ),
    ...(event
      ? [`${'event'.padEnd(NAME_WIDTH)} ${event.sequence} of ${event.stream}, stored ${event.storedAt ?? ''}`]
      : []),
    ...Object.entries(headers).map(
      ([name, values]) => `${'header'.padEnd(NAME_WIDTH)} ${name}: ${values.join(', ')}`,
    ),
    ...(omittedHeaders > 0 ? [`${omittedHeaders} headers had no room`] : []),
    ...past.operations.map(
      ({ n, kind, at, by, why }) =>
        `${`${n}.`.padEnd(NAME_WIDTH)} ${kind} by ${by} at ${at}${why ? `: ${why}` : ''}`,
    ),
  ];
  terminal.out(`${lines.map(oneLine).join('\n')}\n\n${payloadText(payloadOf(body))}`);
  if (edited) {
    terminal.out(`\nedited, for ${oneLine(message.subject)}:\n\n${payloadText(payloadOf(message.body))}`);
  }
}

const NAME_WIDTH = 10;

function showOperation(
  { terminal }: CliContext,
  sequence: number,
  operation: Operation,
  { output }: Output,
): void {
  terminal.out(
    output === 'json'
      ? JSON.stringify({ sequence, operation: withoutBody(operation) })
      : oneLine(`dead letter ${sequence} is ${operation.kind} by ${operation.by}`),
  );
}

/** `show` has the edited event, readable. */
function withoutBody(operation: Operation): object {
  if (operation.kind !== 'edited') return operation;
  return { ...operation, body: undefined };
}

async function editedBody(
  { terminal }: CliContext,
  parts: DeadLetterParts,
  sequence: number,
  input: string | undefined,
  { file, set }: EditOptions,
): Promise<Uint8Array> {
  if (
    (input !== undefined && (input !== '-' || file !== undefined)) ||
    (input ?? file ?? set) === undefined
  ) {
    const message = 'say what the event is to be: --set path=value, --file <file>, or - for standard input';
    throw new CliError('usage', message, EXIT.usage);
  }
  const given =
    file !== undefined ? await terminal.file(file) : input === '-' ? await terminal.input() : undefined;
  if (set === undefined && given) return given;
  const payload = payloadOf(given ?? (await showDeadLetter(parts, sequence)).message.body);
  if (!('json' in payload)) {
    throw new RefusedError('invalid', 'the event is no JSON: give the whole of it with --file', {
      reason: 'not-json',
    });
  }
  return Buffer.from(JSON.stringify(withValues(payload.json, set ?? [])));
}
