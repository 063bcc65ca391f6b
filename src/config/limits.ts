import { z } from 'zod';
import type { Environment } from './environment';

/** Settings of the worker pools, each with its own name in the place of the star. */
const POOL_SETTING = /^POOL_(.+)_ACTIVITIES_PER_SECOND$/;
/** Temporal takes this for no limit at all; a fraction is an activity every few seconds. */
const perSecond = z.coerce.number('must be a number').positive('must be above 0').max(100_000);

/** A limit for a pool that does not exist would limit nothing, in silence. */
export function readLimits(
  pools: readonly string[],
  settings: Environment,
  problems: string[],
): Record<string, number> {
  const limits: Record<string, number> = {};
  for (const [name, value] of Object.entries(settings)) {
    const given = POOL_SETTING.exec(name)?.[1];
    if (given === undefined) continue;
    const pool = pools.find((known) => known.toUpperCase().replaceAll('-', '_') === given);
    const { data, error } = perSecond.safeParse(value);
    if (pool === undefined) problems.push(`${name}: there is no such pool, only ${pools.join(', ')}`);
    else if (error) problems.push(`${name}: ${error.issues[0]?.message ?? ''}, not "${value ?? ''}"`);
    else limits[pool] = data;
  }
  return limits;
}
