import type { Command } from 'commander';
import { showOutboxRow } from '../../relay';
import type { Output } from '../options';
import { sequenceNumber, withOutput } from '../options';
import { payloadOf, payloadText } from '../../operator/payload';
import type { CliContext } from '../context';
import { inLines, refusal } from './row';

export function addShow(outbox: Command, cliContext: CliContext): void {
  withOutput(
    outbox
      .command('show')
      .description('one row with its event')
      .argument('<row>', 'its number', sequenceNumber),
  ).action(async (id: number, { output }: Output) => {
    const { body, ...row } = await showOutboxRow(cliContext.database(), id).catch(refusal);
    await cliContext.auditing.read({ action: 'outbox.show', target: `outbox ${id}` });
    const payload = payloadOf(body);
    if (output === 'json') cliContext.terminal.out(JSON.stringify({ ...row, payload }));
    else cliContext.terminal.out(`${inLines(row)}\n\n${payloadText(payload)}`);
  });
}
