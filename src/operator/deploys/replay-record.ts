/** What `sagaline replay --record` has found, as the audit keeps it: whether a version can go on with open workflows. */
import { z } from 'zod';
import { listAuditRecords } from '../../security/audit';
import type { OperatorContext } from '../context';
import type { PoolVersionName } from './pools';
import { versionTarget } from './pools';

const REPLAY_ACTION = 'deploy.replay';
/** A change, and its outcome behind it. */
const LATEST = 2;

const details = z.object({
  histories: z.int().min(0),
  replay: z.int().min(0),
  workflows: z.array(z.string()),
});

/** Of how many histories the workflows of a version replayed. */
export interface ReplayResult {
  readonly histories: number;
  readonly replay: number;
  /** The types of these workflows. */
  readonly workflows: readonly string[];
}

/** A result with its author and time. */
export interface RecordedReplay extends ReplayResult {
  readonly by: string;
  readonly at: string;
}

/** Puts the result of a replay on record, for the version whose workflows have replayed. */
export async function recordReplay(
  context: Pick<OperatorContext, 'auditing'>,
  version: PoolVersionName,
  { histories, replay, workflows }: ReplayResult,
): Promise<void> {
  await context.auditing.change(
    {
      action: REPLAY_ACTION,
      target: versionTarget(version),
      details: { histories, replay, workflows: [...workflows] },
    },
    () => Promise.resolve(),
  );
}

/** The latest result on record; `undefined` if nobody has recorded one. */
export async function latestReplay(
  context: Pick<OperatorContext, 'database'>,
  version: PoolVersionName,
): Promise<RecordedReplay | undefined> {
  const records = await listAuditRecords(context.database(), {
    ...{ action: REPLAY_ACTION, target: versionTarget(version), limit: LATEST },
  });
  const found = records.find(({ kind }) => kind === 'change');
  const parsed = found && details.safeParse(JSON.parse(found.details));
  if (!found || parsed?.success !== true) return undefined;
  return { ...parsed.data, by: found.actor, at: found.recordedAt };
}
