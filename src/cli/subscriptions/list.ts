import type { Command } from 'commander';
import { subscriptionRoute } from '../../contracts';
import type { Output } from '../options';
import { withOutput } from '../options';
import { table } from '../table';
import type { CliContext } from '../context';

export function addList(subscriptions: Command, cliContext: CliContext): void {
  const { terminal } = cliContext;
  withOutput(
    subscriptions.command('list').description('every subscription with its events; needs no server'),
  ).action(({ output }: Output) => {
    const all = cliContext.catalogue.subscriptions.map((each) => ({
      name: each.name,
      mode: each.mode,
      ...(each.batch && { batch: each.batch }),
      route: subscriptionRoute(each),
      events: each.events.map(({ type }) => type),
    }));
    if (output === 'json') {
      terminal.out(JSON.stringify({ subscriptions: all }));
      return;
    }
    const rows = all.flatMap(({ name, mode, batch, events }) =>
      events.map((event, index) =>
        index === 0 ? [name, batch ? `${mode}, batches of ${batch.size}` : mode, event] : ['', '', event],
      ),
    );
    terminal.out(table(['subscription', 'mode', 'events'], rows));
  });
}
