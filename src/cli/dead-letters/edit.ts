import type { Command } from 'commander';
import type { DeadLetterParts } from '../../dead-letters';
import { RefusedError, showDeadLetter } from '../../dead-letters';
import { editOnRecord } from '../../operator/dead-letters/actions';
import { payloadOf } from '../../operator/payload';
import { withValues } from '../assign';
import { CliError, EXIT } from '../exit';
import type { Assignment, Output } from '../options';
import { assignment, sequenceNumber, withOutput } from '../options';
import type { CliContext } from '../context';
import { showOperation } from './operation';

interface EditOptions extends Output {
  readonly file?: string;
  readonly set?: readonly Assignment[];
  readonly subject?: string;
  readonly why?: string;
}

export function addEdit(deadLetters: Command, cliContext: CliContext): void {
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
      .option('--why <reason>', 'for whoever asks later'),
  ).action(async (sequence: number, input: string | undefined, options: EditOptions) => {
    const parts = await cliContext.deadLetters();
    const body = await editedBody(cliContext, parts, sequence, input, options);
    const { subject, why } = options;
    const operation = await editOnRecord(cliContext, sequence, { body, subject, why });
    showOperation(cliContext, sequence, operation, options);
  });
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
