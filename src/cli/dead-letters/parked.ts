import type { Command } from 'commander';
import { parkedDeadLetters } from '../../adapters/nats';
import { oneLine } from '../../contracts';
import type { Output } from '../options';
import { withOutput } from '../options';
import { table } from '../table';
import type { CliContext } from '../context';
import { PAGE, withLimit } from './filter';

interface ParkedOptions extends Output {
  readonly limit: number;
}

export function addParked(deadLetters: Command, cliContext: CliContext): void {
  const command = deadLetters
    .command('parked')
    .description('dead letters that wait until their stream takes them: docs/operating.md#full-streams');
  withOutput(withLimit(command, PAGE)).action((options: ParkedOptions) => showParked(cliContext, options));
}

async function showParked(cliContext: CliContext, { output, limit }: ParkedOptions): Promise<void> {
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
}
