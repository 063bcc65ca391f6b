import type { WorkerPool } from '../../adapters/temporal';
import type { OperatorContext } from '../context';
import { OperatorError } from '../error';

/** What the file of a pool's version is asked about. */
export interface PoolVersionName {
  readonly pool: string;
  readonly buildId: string;
}

/** How the audit names a version of a pool. */
export function versionTarget({ pool, buildId }: PoolVersionName): string {
  return `${pool} ${buildId}`;
}

/** @throws OperatorError `unknown-pool` */
export function poolNamed(context: Pick<OperatorContext, 'pools'>, name: string): WorkerPool {
  const pools = context.pools();
  const found = pools.find(({ pool }) => pool === name);
  if (found) return found;
  const known = pools.map(({ pool }) => pool).join(', ');
  throw new OperatorError('unknown-pool', `there is no worker pool "${name}"; known are ${known}`);
}

/** Whether a text may be a build id. Others are never put into a query of Temporal. */
export function isBuildId(text: string): boolean {
  return /^[\w.+-]{1,100}$/.test(text);
}
