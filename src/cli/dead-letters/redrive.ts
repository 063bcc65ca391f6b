import type { Command } from 'commander';
import { oneLine } from '../../contracts';
import type { DeadLetterParts, Redriven, RedrivePlan } from '../../dead-letters';
import { listDeadLetters, planRedrive, RefusedError } from '../../dead-letters';
import { redriveOnRecord } from '../../operator/dead-letters/actions';
import { CliError, EXIT } from '../exit';
import type { Output } from '../options';
import { sequenceNumbers, withOutput } from '../options';
import type { CliContext } from '../context';
import type { Filter } from './filter';
import { withFilter } from './filter';

interface RedriveOptions extends Output, Filter {
  readonly route?: string;
  readonly again?: true;
  readonly vouch?: true;
  readonly dryRun?: true;
  readonly why?: string;
}

interface Result {
  readonly redriven: object[];
  readonly refused: { readonly sequence: number; readonly refusal: string; readonly message: string }[];
}

const REDRIVEN_AT_ONCE = 100;

export function addRedrive(deadLetters: Command, cliContext: CliContext): void {
  const command = deadLetters
    .command('redrive')
    .description(
      'sends events once more, with their own source and id: those named, or the open ones of a filter',
    )
    .argument('[sequence...]', 'their numbers in the list', sequenceNumbers);
  withOutput(
    withFilter(command, REDRIVEN_AT_ONCE)
      .option('--route <name>', 'to this route instead of the one that the dead letter names')
      .option('--again', 'also where it was redriven or discarded before')
      .option(
        '--vouch',
        'signs an event whose signature does not count: you know who has sent it; needs --why',
      )
      .option('--dry-run', 'only says what would be done')
      .option('--why <reason>', 'for whoever asks later'),
  ).action((sequences: readonly number[], options: RedriveOptions) =>
    redrive(cliContext, sequences, options),
  );
}

/** Redrives one at a time, the oldest first, so that events of one key stay in order. */
async function redrive(
  cliContext: CliContext,
  named: readonly number[],
  options: RedriveOptions,
): Promise<void> {
  const { reason, context, key, since } = options;
  const filtered = [reason, context, key, since].some((part) => part !== undefined);
  if (filtered === named.length > 0) {
    throw new CliError(
      'usage',
      'say which: numbers of dead letters, or a filter such as --reason',
      EXIT.usage,
    );
  }
  if (options.vouch && options.why === undefined)
    throw new CliError('usage', 'say why you vouch for the event: --why <reason>', EXIT.usage);
  const parts = await cliContext.deadLetters();
  const result: Result = { redriven: [], refused: [] };
  for await (const sequence of filtered ? openDeadLetters(parts, options) : named) {
    if (cliContext.terminal.interrupted.aborted) break;
    try {
      result.redriven.push(await redriveOne(cliContext, parts, sequence, options));
    } catch (error) {
      // The refusal of a single dead letter fails the command; among several, the others continue.
      if (!(error instanceof RefusedError) || named.length === 1) throw error;
      const { refusal, message } = error;
      result.refused.push({ sequence, refusal, message });
      if (options.output === 'text')
        cliContext.terminal.out(`${sequence}  refused, ${refusal}: ${oneLine(message)}`);
    }
  }
  const { redriven, refused } = result;
  if (options.output === 'json') {
    cliContext.terminal.out(JSON.stringify({ dryRun: options.dryRun === true, ...result }));
  } else if (redriven.length + refused.length === 0) cliContext.terminal.out('none');
  if (refused.length > 0) cliContext.exitWith(EXIT.failed);
}

async function redriveOne(
  cliContext: CliContext,
  parts: DeadLetterParts,
  sequence: number,
  options: RedriveOptions,
): Promise<object> {
  const { terminal } = cliContext;
  const { route, again, vouch, why, output } = options;
  if (options.dryRun) {
    const plan = await planRedrive(parts, sequence, { route, again, vouch });
    if (output === 'text') terminal.out(`${sequence}  would go to ${targets(plan)}`);
    return { sequence, route: plan.route ?? null, workflows: plan.workflows };
  }
  const { operation, together } = await redriveOnRecord(cliContext, sequence, { route, again, vouch, why });
  if (output === 'text') terminal.out(oneLine(`${sequence}  ${words(operation, together)}`));
  return { sequence, operation, together };
}

function targets({ workflows, route }: RedrivePlan): string {
  return `${workflows.join(', ')}${route === undefined ? '' : ` on the route ${route}`}`;
}

function words({ sequence, by, stream }: Redriven['operation'], together: boolean): string {
  const event = `is event ${sequence} of ${stream}`;
  return together ? `${event}, redriven by ${by} at the same moment` : event;
}

/** Yields the dead letters that are open at their turn. A refused one stays open, and is yielded once. */
async function* openDeadLetters(parts: DeadLetterParts, options: RedriveOptions): AsyncGenerator<number> {
  const { reason, context, key, since, limit } = options;
  // A redriven event may be dead-lettered again at once, behind this position; that new dead letter needs a new command.
  const { last } = await parts.deadLetters.bounds();
  let left = limit;
  let cursor: number | undefined;
  do {
    const filter = { reason, context, key, since, cursor, order: 'oldest', limit: left } as const;
    const page = await listDeadLetters(parts, filter);
    for (const { sequence } of page.items) if (sequence <= last) yield sequence;
    left -= page.items.length;
    cursor = page.next;
  } while (cursor !== undefined && cursor <= last && left > 0);
}
