import type { Command } from 'commander';
import { Option } from 'commander';
import type { DecisionKind } from '../../operator';
import { DECISIONS, groupsOfStuck, stuckSagas } from '../../operator';
import type { CliContext } from '../context';
import { CliError, EXIT } from '../exit';
import type { BulkOptions } from './perform';
import { demandReason, perform, withBulk } from './perform';

/** Processes that are asked to find the cause of a group. */
const ASKED = 500;

interface DecideOptions extends BulkOptions {
  readonly workflow: string;
  readonly what: string;
  readonly cause?: string;
  readonly decision: DecisionKind;
}

export function addDecide(bulk: Command, cliContext: CliContext): void {
  withBulk(
    bulk
      .command('decide')
      .description('one decision about all processes that ask the same thing for the same cause')
      .requiredOption('--workflow <name>', 'the type of the workflows')
      .requiredOption('--what <step>', 'what cannot be done, as "sagas stuck" names it')
      .option(
        '--cause <cause>',
        'why, as a group of "sagas stuck -o json" has it; needed if there are several',
      )
      .addOption(new Option('--decision <decision>', 'what to do').choices(DECISIONS).makeOptionMandatory()),
  ).action(async ({ workflow, what, cause, decision, ...options }: DecideOptions) => {
    demandReason(options);
    const meant = cause ?? (await onlyCause(cliContext, { workflow, what }));
    await perform(cliContext, { kind: 'decide', workflow, what, cause: meant, decision }, options);
  });
}

async function onlyCause(
  cliContext: CliContext,
  { workflow, what }: { readonly workflow: string; readonly what: string },
): Promise<string> {
  const { stuck } = await stuckSagas(cliContext, ASKED);
  const causes = groupsOfStuck(stuck)
    .filter((group) => group.workflow === workflow && group.what === what)
    .map((group) => group.cause);
  const [cause, ...others] = causes;
  if (cause === undefined)
    throw new CliError('nothing-to-do', `no ${workflow} asks about ${what} (any more)`);
  if (others.length === 0) return cause;
  const named = causes.map((each) => JSON.stringify(each)).join(', ');
  throw new CliError('usage', `say which --cause: ${named}`, EXIT.usage, { causes });
}
