import type { NamedVersion, PoolState, Saga } from '../../adapters/temporal';
import { countPinned, listPinned, movePinned, poolState } from '../../adapters/temporal';
import type { OperatorContext } from '../context';
import { OperatorError } from '../error';
import { poolNamed } from './pools';

/** How the audit names a move; its target is the pool. */
export const MOVE_ACTION = 'deploy.move';
const SHOWN = 5;

export interface WantedMove {
  readonly pool: string;
  readonly from: string;
  /** Default: the current version. */
  readonly to?: string | undefined;
}

/** What a move would do, before it is done. */
export interface MovePlan {
  readonly pool: string;
  readonly from: string;
  readonly to: string;
  /** Open workflows that are pinned to `from`; by Temporal's count, which may be a moment behind. */
  readonly pinned: number;
  /** The youngest of them, at most five. */
  readonly first: readonly Saga[];
  /** Whether a worker of `to` polls. Without one the workflows wait for it. */
  readonly polled: boolean;
}

type MoveContext = Pick<OperatorContext, 'pools' | 'temporal'>;

/**
 * Looks up what a move would do. It changes nothing.
 *
 * @throws OperatorError `unknown-pool`, `unknown-version`, `same-version`
 */
export async function planMove(context: MoveContext, wanted: WantedMove): Promise<MovePlan> {
  const { state, from, to } = await readyToMove(context, wanted);
  const temporal = await context.temporal();
  const [pinned, first] = await Promise.all([countPinned(temporal, from), listPinned(temporal, from, SHOWN)]);
  const polled = state.versions.some(({ buildId, polled: polls }) => buildId === to.buildId && polls);
  return { pool: wanted.pool, from: from.buildId, to: to.buildId, pinned, first, polled };
}

/**
 * Pins the open workflows of one version to another, on record.
 *
 * @param options.atMost the most workflows to move. Default: all
 * @throws OperatorError `unknown-pool`, `unknown-version`, `same-version`, and those of the audit
 */
export async function moveOnRecord(
  context: MoveContext & Pick<OperatorContext, 'auditing'>,
  wanted: WantedMove,
  {
    reason,
    signal,
    atMost,
  }: {
    readonly reason?: string | undefined;
    readonly signal: AbortSignal;
    readonly atMost?: number | undefined;
  },
): Promise<{ readonly pool: string; readonly from: string; readonly to: string; readonly moved: number }> {
  const { from, to } = await readyToMove(context, wanted);
  const temporal = await context.temporal();
  const { pool } = wanted;
  const moved = await context.auditing.change(
    { action: MOVE_ACTION, target: pool, details: { from: from.buildId, to: to.buildId, reason } },
    () => movePinned(temporal, { from, to, signal, atMost }),
    (count) => ({ moved: count }),
  );
  return { pool, from: from.buildId, to: to.buildId, moved };
}

async function readyToMove(
  context: MoveContext,
  { pool: name, from, to }: WantedMove,
): Promise<{ readonly state: PoolState; readonly from: NamedVersion; readonly to: NamedVersion }> {
  const pool = poolNamed(context, name);
  const state = await poolState(await context.temporal(), pool);
  const { deployment } = pool.version;
  const target = to ?? state.current;
  if (target === undefined || !state.versions.some(({ buildId }) => buildId === target))
    throw new OperatorError(
      'unknown-version',
      `${deployment} has no version ${target ?? 'that gets new work'}`,
    );
  if (target === from) throw new OperatorError('same-version', `they are pinned to ${from} already`);
  return { state, from: { deployment, buildId: from }, to: { deployment, buildId: target } };
}
