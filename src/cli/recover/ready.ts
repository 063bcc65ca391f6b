import { ConsumersBusyError, rewindConsumers } from '../../adapters/nats';
import { routingOf } from '../../adapters/temporal';
import { sharedGroups } from '../../subscriptions';
import type { CliContext } from '../context';
import { CliError } from '../exit';
import { reachNats } from '../servers';
import type { Stores } from './stores';

/**
 * Reaches the three stores, and makes sure that nothing works with them: a worker that meets a lost effect would record a refusal,
 * and an event would be delivered to a workflow that is about to start again.
 *
 * @throws CliError `still-running`
 */
export async function readyToRecover(
  cliContext: CliContext,
): Promise<Stores & { readonly close: () => Promise<void> }> {
  const config = cliContext.config();
  const temporal = await cliContext.temporal();
  await refuseWorkers(cliContext);
  const nats = await reachNats(config, 'provision');
  const groups = [{ name: config.BRIDGE_NAME }, ...sharedGroups(cliContext.catalogue)];
  const close = () => nats.close();
  try {
    await rewindConsumers(nats, groups, { since: new Date(), dryRun: true }).catch(refuseReaders);
  } catch (error) {
    await close();
    throw error;
  }
  const { processes } = cliContext;
  return { nats, groups, temporal, processes, database: cliContext.database(), close };
}

async function refuseWorkers(cliContext: CliContext): Promise<void> {
  const temporal = await cliContext.temporal();
  for (const { pool, taskQueue, hasWorkflows } of cliContext.pools()) {
    const { polledBy } = await routingOf(temporal, { taskQueue, hasWorkflows });
    if (polledBy.length > 0)
      throw new CliError(
        'still-running',
        `workers of the pool ${pool} poll, or did within the last minute: stop all workers, and wait that long`,
      );
  }
}

function refuseReaders(error: unknown): never {
  if (!(error instanceof ConsumersBusyError)) throw error;
  throw new CliError('still-running', `${error.message}: stop all bridges and subscribers first`);
}
