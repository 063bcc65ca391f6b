import type { Client } from '@temporalio/client';
import type { Group, Rewound } from '../../adapters/nats';
import { rewindConsumers } from '../../adapters/nats';
import type { Database } from '../../adapters/postgres';
import type { StartedAgain } from '../../adapters/temporal';
import { startAgain } from '../../adapters/temporal';
import { publishAgain } from '../../relay';
import { lowerPositions } from '../../subscriptions';
import type { Nats } from '../servers';

/** When each backup was begun. */
export interface Moments {
  readonly database: Date;
  readonly streams: Date;
  readonly workflows: Date;
  /** Milliseconds by which clocks may differ. */
  readonly margin: number;
  /** Milliseconds that the slowest reader of the events was behind when the backups were begun. */
  readonly behind: number;
}

/** What has to be done again, since when. */
export interface RecoveryPlan {
  /**
   * Events are delivered again that only a lost part of PostgreSQL or Temporal had, or that became a dead letter after the backup
   * of the dead letters.
   */
  readonly eventsSince: Date;
  /** Outbox rows are published again that only a lost part of the stream had. */
  readonly outboxSince: Date;
  /** Workflows start again whose effects since then are lost; absent if Temporal is the older one, and has no such workflow. */
  readonly workflowsSince?: Date;
}

export function planOf({ database, streams, workflows, margin, behind }: Moments): RecoveryPlan {
  const before = (at: Date) => new Date(at.getTime() - margin);
  const hasMore = workflows.getTime() > database.getTime() - margin;
  const oldest = Math.min(...[database, streams, workflows].map((at) => at.getTime()));
  return {
    eventsSince: before(new Date(oldest - behind)),
    outboxSince: before(streams),
    ...(hasMore && { workflowsSince: before(database) }),
  };
}

export interface Stores {
  readonly nats: Nats;
  readonly groups: readonly Group[];
  readonly temporal: Client;
  readonly processes: readonly { readonly name: string; readonly batches?: boolean | undefined }[];
  readonly database: Database;
}

export interface Recovery {
  readonly events: Rewound;
  /** Rows. */
  readonly outbox: number;
  /** Lanes of batch subscriptions whose position was beyond the end of the stream. */
  readonly lanes: number;
  readonly workflows: StartedAgain;
}

const NONE: StartedAgain = { workflows: 0, batchers: 0, earlierRuns: [] };

/**
 * The workflows first: events that are delivered again must find them open. Safe to repeat, also after it ended early.
 *
 * @throws ConsumersBusyError
 */
export async function recoverStores(
  { nats, groups, temporal, processes, database }: Stores,
  {
    plan: { eventsSince, outboxSince, workflowsSince },
    reason,
    dryRun,
  }: { readonly plan: RecoveryPlan; readonly reason: string; readonly dryRun: boolean },
): Promise<Recovery> {
  const workflows = workflowsSince
    ? await startAgain(temporal, { processes, since: workflowsSince, reason, dryRun })
    : NONE;
  const events = await rewindConsumers(nats, groups, { since: eventsSince, dryRun });
  const lanes = await lowerPositions(database, { last: events.last, dryRun });
  const outbox = await publishAgain(database, { since: outboxSince, dryRun });
  return { events, lanes, outbox, workflows };
}
