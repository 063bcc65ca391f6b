import { z } from 'zod';
import type { Environment } from './environment';

/** Settings of the worker pools; the part in parentheses is the name of the pool. */
const POOL_SETTING = /^POOL_(.+)_ACTIVITIES_PER_SECOND$/;
/** Temporal treats 100,000 as no limit at all. A fraction means one activity every few seconds. */
const perSecond = z.coerce.number('must be a number').positive('must be above 0').max(100_000);

/**
 * Reads the limits of the pools. A limit for a pool that does not exist is a problem, because it would silently limit
 * nothing.
 */
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
