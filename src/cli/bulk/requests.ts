import type { Command } from 'commander';
import { oneLine } from '../../contracts';
import { moneyText, openBulkRequests } from '../../operator';
import type { CliContext } from '../context';
import type { Output } from '../options';
import { withOutput } from '../options';
import { table } from '../table';

export function addRequests(bulk: Command, cliContext: CliContext): void {
  withOutput(bulk.command('requests').description('what waits for a second person, of the last day')).action(
    async ({ output }: Output) => {
      const requests = await openBulkRequests(cliContext);
      const rows = requests.map(({ request, at, by, title, items, value, reason }) =>
        [String(request), at, by, title, String(items), value.map(moneyText).join(' + '), reason].map(
          oneLine,
        ),
      );
      cliContext.terminal.out(
        output === 'json'
          ? JSON.stringify({ requests })
          : rows.length === 0
            ? 'none'
            : table(['request', 'at', 'by', 'what', 'items', 'money at risk', 'reason'], rows),
      );
    },
  );
}
