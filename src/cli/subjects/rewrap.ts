import type { Command } from 'commander';
import { rewrapKeys } from '../../security/personal';
import type { CliContext } from '../context';
import type { Output } from '../options';
import { withOutput } from '../options';
import { masterKeys } from './keys';

export function addRewrap(subjects: Command, cliContext: CliContext): void {
  withOutput(
    subjects
      .command('rewrap')
      .description('encrypts all data keys with the first master key; after that the others may go'),
  ).action(async ({ output }: Output) => {
    const rewrapped = await cliContext.auditing.change(
      { action: 'subjects.rewrap', target: 'data keys' },
      () => rewrapKeys(cliContext.database(), masterKeys(cliContext)),
      (keys) => ({ keys }),
    );
    const text = rewrapped === 1 ? '1 data key is rewrapped' : `${rewrapped} data keys are rewrapped`;
    cliContext.terminal.out(output === 'json' ? JSON.stringify({ rewrapped }) : text);
  });
}
