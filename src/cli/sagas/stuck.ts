import type { Command } from 'commander';
import type { StuckSaga } from '../../operator';
import {
  groupsOfStuck,
  linkTo,
  moneyAtRisk,
  moneyText,
  stuckInWords,
  stuckSagas,
  stuckSince,
} from '../../operator';
import type { Output } from '../options';
import { withOutput } from '../options';
import { table } from '../table';
import type { CliContext } from '../context';
import { MAX_CELL, PAGE, pageSize } from './list';

interface StuckOptions extends Output {
  readonly limit: number;
}

export function addStuck(sagas: Command, cliContext: CliContext): void {
  withOutput(
    sagas
      .command('stuck')
      .description('open processes that wait for a person, the longest waiting first')
      .option('--limit <number>', 'so many at most', pageSize, PAGE),
  ).action((options: StuckOptions) => listStuck(cliContext, options));
}

async function listStuck(cliContext: CliContext, { limit, output }: StuckOptions): Promise<void> {
  const { stuck, more } = await stuckSagas(cliContext, limit);
  const { terminal } = cliContext;
  if (output === 'json') {
    terminal.out(
      JSON.stringify({
        sagas: stuck.map((each) => asJson(cliContext, each)),
        groups: groupsOfStuck(stuck).map(({ stuck: { length: count }, ...group }) => ({ ...group, count })),
        value: moneyAtRisk(stuck),
        more,
      }),
    );
    return;
  }
  if (stuck.length === 0) {
    terminal.out('none');
    return;
  }
  const rows = stuck.map((each) => {
    const { workflowId: id, state, runId } = each.saga;
    const { what, why } = stuckInWords(each.asked);
    const link = linkTo(cliContext.config(), id, runId);
    return [id, state, stuckSince(each) ?? '?', what, why.slice(0, MAX_CELL), link];
  });
  terminal.out(table(['workflow', 'state', 'since', 'what', 'why', 'Temporal UI'], rows));
  const value = moneyAtRisk(stuck);
  if (value.length > 0) terminal.out(`\nmoney at risk: ${value.map(moneyText).join(' + ')}`);
  terminal.out(`\nnpx sagaline sagas show <workflow> says how to decide`);
  if (more) terminal.out(`more than ${limit}: --limit`);
}

function asJson(cliContext: CliContext, { saga, asked }: StuckSaga): object {
  const { workflowId: id, runId, workflow, key, state } = saga;
  const link = linkTo(cliContext.config(), id, runId);
  const asks = asked.kind === 'asks' ? asked.question : null;
  const more = {
    ...(asked.kind === 'asks' && { since: asked.question.since }),
    ...(asked.kind === 'asks-nothing' && { words: asked.words }),
    ...(asked.kind === 'unknown' && { unknown: asked.why }),
  };
  return { workflowId: id, runId, workflow, key, state, asks, ...more, link };
}
