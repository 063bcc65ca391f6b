import type { Command } from 'commander';
import type { CliContext } from '../context';
import { CliError, EXIT } from '../exit';
import { contextName, correlationKey, reasonName } from '../options';
import type { BulkOptions } from './perform';
import { perform, withBulk } from './perform';

interface Filter {
  readonly reason?: string;
  readonly context?: string;
  readonly key?: string;
}

const VERBS = {
  redrive: 'sends the events of all open dead letters of a filter once more, the oldest first',
  discard: 'records that nothing is to be done with all open dead letters of a filter',
} as const;

export function addDeadLetterBulks(bulk: Command, cliContext: CliContext): void {
  for (const kind of ['redrive', 'discard'] as const)
    withBulk(withDeadLetterFilter(bulk.command(kind).description(VERBS[kind]))).action(
      ({ reason, context, key, ...options }: Filter & BulkOptions) =>
        perform(cliContext, { kind, ...filterOf({ reason, context, key }) }, options),
    );
}

function withDeadLetterFilter(command: Command): Command {
  return command
    .option('--reason <reason>', 'with this reason only', reasonName)
    .option('--context <context>', 'of this context only: the word before the fact', contextName)
    .option('--key <key>', 'with this correlation key only', correlationKey);
}

function filterOf(filter: { readonly [Name in keyof Filter]: string | undefined }) {
  if (Object.values(filter).every((part) => part === undefined))
    throw new CliError('usage', 'say which: --reason, --context or --key', EXIT.usage);
  return filter;
}
