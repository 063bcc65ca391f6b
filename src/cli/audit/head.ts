import type { Command } from 'commander';
import { headText, listAuditRecords } from '../../security/audit';
import { CliError } from '../exit';
import type { Output } from '../options';
import { withOutput } from '../options';
import type { CliContext } from '../context';

export function addHead(audit: Command, cliContext: CliContext): void {
  withOutput(
    audit
      .command('head')
      .description('the last record as <sequence>:<hash>; keep it elsewhere, for "audit verify --head"'),
  ).action(async ({ output }: Output) => {
    const [last] = await listAuditRecords(cliContext.database(), { limit: 1 });
    if (!last) throw new CliError('no-records', 'the audit has no records yet');
    const { sequence, hash, recordedAt } = last;
    cliContext.terminal.out(
      output === 'json'
        ? JSON.stringify({ head: headText(last), sequence, hash, recordedAt })
        : headText(last),
    );
  });
}
