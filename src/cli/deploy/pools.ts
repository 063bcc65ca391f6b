import { InvalidArgumentError } from 'commander';
import type { WorkerPool } from '../../adapters/temporal';
import { CliError } from '../exit';
import type { CliContext } from '../context';

export function poolNamed(cliContext: CliContext, name: string): WorkerPool {
  const pools = cliContext.pools();
  const found = pools.find(({ pool }) => pool === name);
  if (found) return found;
  const known = pools.map(({ pool }) => pool).join(', ');
  throw new CliError('unknown-pool', `there is no worker pool "${name}"; known are ${known}`);
}

/** Parses a build id. */
export function buildId(text: string): string {
  if (/^[\w.+-]{1,100}$/.test(text)) return text;
  throw new InvalidArgumentError('A build id has 1 to 100 letters, digits, "_", ".", "+" and "-".');
}
