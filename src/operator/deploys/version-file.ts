/** One version of a pool: what is open on it, the longest of that, and what is on record about it. */
import { z } from 'zod';
import type { Deadline, PoolState, Saga } from '../../adapters/temporal';
import { deadlinesOf, listPinned, oldestPinned, poolState } from '../../adapters/temporal';
import { listAuditRecords } from '../../security/audit';
import type { OperatorContext } from '../context';
import { OperatorError } from '../error';
import { MOVE_ACTION } from './move';
import type { PoolVersionName } from './pools';
import { poolNamed } from './pools';
import type { RecordedReplay } from './replay-record';
import { latestReplay } from './replay-record';

const SHOWN = 5;
/** Records of moves that are read: each move has two. */
const RECORDS = 20;

const moved = z.object({ from: z.string(), to: z.string(), reason: z.string().optional() });
const outcome = z.object({ moved: z.int().min(0) });

export interface PastMove {
  readonly at: string;
  readonly by: string;
  readonly from: string;
  readonly to: string;
  readonly reason?: string | undefined;
  /** Absent: it failed, or has no outcome. */
  readonly moved?: number | undefined;
}

export interface VersionFile {
  readonly pool: string;
  readonly current: string | undefined;
  readonly version: PoolState['versions'][number];
  /** The other versions, to which its workflows can be moved. */
  readonly others: readonly PoolState['versions'][number][];
  /** The youngest open workflows that are pinned to it, at most five. */
  readonly first: readonly Saga[];
  /** The one that began first, with its timers. */
  readonly longest?: { readonly saga: Saga; readonly deadlines: readonly Deadline[] } | undefined;
  readonly replay: RecordedReplay | undefined;
  /** The latest moves from or to this version. */
  readonly moves: readonly PastMove[];
}

/** @throws OperatorError `unknown-pool`, `unknown-version` */
export async function versionFile(
  context: Pick<OperatorContext, 'pools' | 'temporal' | 'database'>,
  name: PoolVersionName,
): Promise<VersionFile> {
  const pool = poolNamed(context, name.pool);
  const temporal = await context.temporal();
  const { current, versions } = await poolState(temporal, pool);
  const version = versions.find(({ buildId }) => buildId === name.buildId);
  if (!version)
    throw new OperatorError(
      'unknown-version',
      `${pool.version.deployment} has no version ${name.buildId}, or the server has removed it`,
    );
  const named = { deployment: pool.version.deployment, buildId: name.buildId };
  const isPinned = version.pinned > 0;
  const [first, oldest, replay, moves] = await Promise.all([
    isPinned ? listPinned(temporal, named, SHOWN) : [],
    isPinned ? oldestPinned(temporal, named) : undefined,
    latestReplay(context, name),
    movesOf(context, name),
  ]);
  return {
    ...{ pool: name.pool, current, version, first, replay, moves },
    others: versions.filter(({ buildId }) => buildId !== name.buildId),
    longest: oldest && { saga: oldest, deadlines: await deadlinesOf(temporal, oldest) },
  };
}

async function movesOf(
  context: Pick<OperatorContext, 'database'>,
  { pool, buildId }: PoolVersionName,
): Promise<PastMove[]> {
  const records = await listAuditRecords(context.database(), {
    ...{ action: MOVE_ACTION, target: pool, limit: RECORDS },
  });
  return records.flatMap(({ kind, sequence, recordedAt: at, actor: by, details }): PastMove[] => {
    const about = kind === 'change' ? moved.safeParse(JSON.parse(details)) : undefined;
    if (about?.success !== true) return [];
    const { from, to, reason } = about.data;
    if (from !== buildId && to !== buildId) return [];
    const answer = records.find(({ refersTo }) => refersTo === sequence);
    const result = answer && outcome.safeParse(JSON.parse(answer.details));
    return [{ at, by, from, to, reason, moved: result?.success === true ? result.data.moved : undefined }];
  });
}
