import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { CliError, EXIT } from '../../exit';
import type { Naming } from './naming';

/**
 * Rejects the name of an existing activity: of two activities with one name in a pool, the later one silently replaces the other.
 * @throws CliError
 */
export function refuseTakenActivities(root: string, names: readonly Naming[]): void {
  const folder = path.join(root, 'activities');
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => /\.[cm]?ts$/.test(file)) : [];
  for (const { camel } of names) {
    const declared = new RegExp(`\\b${camel}(\\(|: activity\\()`);
    const file = files.find((each) => declared.test(readFileSync(path.join(folder, each), 'utf8')));
    if (file !== undefined)
      throw new CliError(
        'exists',
        `activities/${file} has an activity "${camel}" already; nothing was written. Choose another name`,
        EXIT.failed,
      );
  }
}
