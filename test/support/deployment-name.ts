import { deploymentOf as named } from '../../src/runtime/version';
import { readConfig } from '../../src/config';

const defaults = readConfig({}, { providers: [] });

/** The name of a pool's deployment where no setting gives another one. */
export function deploymentOf(pool: string): string {
  return named(pool, defaults);
}
