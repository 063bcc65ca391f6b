import { InvalidArgumentError } from 'commander';
import { isBuildId } from '../../operator';

/** Parses a build id. */
export function buildId(text: string): string {
  if (isBuildId(text)) return text;
  throw new InvalidArgumentError('A build id has 1 to 100 letters, digits, "_", ".", "+" and "-".');
}
