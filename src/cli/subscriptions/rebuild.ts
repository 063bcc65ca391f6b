import type { Command } from 'commander';
import { NotRebuildableError, rebuild } from '../../subscriptions';
import { CliError } from '../exit';
import type { Output } from '../options';
import { withOutput } from '../options';
import type { CliContext } from '../context';

export function addRebuild(subscriptions: Command, cliContext: CliContext): void {
  withOutput(
    subscriptions
      .command('rebuild')
      .description(
        'makes anew, from the events of the stream, what a subscription has made; it may be running',
      )
      .argument('<name>', 'of the subscription'),
  ).action(async (name: string, { output }: Output) => {
    const report = await rebuilt(cliContext, name);
    const { first, last, handled, leftOut } = report;
    cliContext.terminal.out(
      output === 'json'
        ? JSON.stringify({ subscription: name, ...report })
        : `${name} is made anew from ${handled} of the events ${first} to ${last}` +
            (leftOut > 0 ? `; ${leftOut} are dead letters` : ''),
    );
  });
}

async function rebuilt(cliContext: CliContext, name: string) {
  const { auditing, catalogue, terminal } = cliContext;
  if (!catalogue.subscriptions.some((each) => each.name === name)) {
    const known = catalogue.subscriptions.map((each) => each.name).join(', ');
    throw new CliError('unknown-subscription', `there is no subscription "${name}"; known is ${known}`);
  }
  const subscribed = cliContext.subscriptions().find(({ subscription }) => subscription.name === name);
  try {
    if (!subscribed) throw new NotRebuildableError(name);
    const { checkSignature } = cliContext.signatures();
    const nats = await cliContext.nats();
    return await auditing.change({ action: 'subscriptions.rebuild', target: name }, () =>
      rebuild(nats, { subscribed, catalogue, checkSignature, signal: terminal.interrupted }),
    );
  } catch (error) {
    if (error instanceof NotRebuildableError) throw new CliError('not-rebuildable', error.message);
    throw error;
  }
}
