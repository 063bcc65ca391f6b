import type { StreamProblem } from '../../adapters/nats';
import {
  AccountLimitsError,
  assertAccountHasRoom,
  connectNats,
  eventsClock,
  natsRole,
  streamProblems,
  watchFill,
} from '../../adapters/nats';
import type { Config } from '../../config';
import type { Catalogue, Log } from '../../contracts';
import { streamSettings } from '../../runtime/stream-settings';
import { sharedGroups } from '../../subscriptions';
import type { ClockState } from '../checks/clock';
import type { Filling } from '../checks/streams';

export type Nats = Awaited<ReturnType<typeof connectNats>>;

/** @throws the client's error if no server answers at once */
export function openNats(config: Config, log: Log): Promise<Nats> {
  return connectNats({ ...config.nats, ...natsRole('operator'), log, orFail: true });
}

/** What of the streams and consumers is missing, or not as it must be. */
export function problemsOfStreams(
  nats: Nats,
  config: Config,
  catalogue: Catalogue,
): Promise<readonly StreamProblem[]> {
  return streamProblems(nats, streamSettings(config), groupsOf(config, catalogue));
}

/** Streams that are full, or nearly. */
export async function fillings(nats: Nats, log: Log): Promise<Filling[]> {
  const watch = await watchFill(nats, log);
  await watch.stop();
  const full = new Map(watch.latest().map(({ stream }) => [stream as string, !watch.hasRoom(stream)]));
  return Object.entries(watch.degraded()).map(([stream, complaint]) => ({
    ...{ stream, complaint, full: full.get(stream) === true },
  }));
}

export async function accountShortage(
  nats: Nats,
  config: Config,
  catalogue: Catalogue,
): Promise<AccountLimitsError | undefined> {
  try {
    await assertAccountHasRoom(nats, streamSettings(config), groupsOf(config, catalogue));
    return undefined;
  } catch (error) {
    if (error instanceof AccountLimitsError) return error;
    throw error;
  }
}

/** NATS tells its time with the state of a stream; without one there is no clock to compare. */
export async function natsClock(nats: Nats, now: () => number): Promise<ClockState[]> {
  const before = now();
  const at = await eventsClock(nats);
  return at === undefined ? [] : [{ server: 'NATS_URL', aheadMs: at.getTime() - (before + now()) / 2 }];
}

function groupsOf(config: Config, catalogue: Catalogue) {
  return [{ name: config.BRIDGE_NAME }, ...sharedGroups(catalogue)];
}
