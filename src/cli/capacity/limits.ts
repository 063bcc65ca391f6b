import { readConfig } from '../../config';
import type { CliContext } from '../context';

/** The limits of pools, `POOL_<NAME>_ACTIVITIES_PER_SECOND`, as this process reads them. */
export function activityLimits(cliContext: CliContext): Readonly<Record<string, number>> {
  const pools = cliContext.pools().map(({ pool }) => pool);
  return readConfig(cliContext.environment, { providers: [], database: 'none', pools }).activitiesPerSecond;
}
