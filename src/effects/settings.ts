import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { DefectError, FAILURES, SETTINGS_ACTIVITY } from '../contracts';
import { activity } from './activity';

/** Whether a value is the same after it was written and read as JSON. */
function isJson(value: unknown): boolean {
  try {
    return value === undefined || isDeepStrictEqual(JSON.parse(JSON.stringify(value)), value);
  } catch {
    return false;
  }
}

const input = z.object({ names: z.array(z.string()) });

/**
 * Makes the activity by which workflows read settings (`settingsReader`). The worker of every pool with workflows has
 * it already, with the settings of the pool's domain; a test gives its own.
 *
 * @example
 * const activities = { openTicket, ...settingsActivity({ ALERT_LEVELS: 3 }) };
 */
export function settingsActivity(settings: object) {
  const known = new Map<string, unknown>(Object.entries(settings));
  return {
    [SETTINGS_ACTIVITY]: activity(input, ({ names }) => {
      const unknown = names.filter((name) => !known.has(name));
      if (unknown.length > 0)
        throw new DefectError(
          FAILURES.invalidInput,
          `the settings of the pool's domain have no ${unknown.join(', ')}; they have ${[...known.keys()].join(', ')}`,
        );
      const values = Object.fromEntries(names.map((name) => [name, known.get(name)]));
      const changed = names.filter((name) => !isJson(values[name]));
      if (changed.length > 0)
        throw new DefectError(
          FAILURES.invalidInput,
          `${changed.join(', ')}: a workflow gets JSON, which this value is not; declare the setting as a string or a number`,
        );
      return Promise.resolve(values);
    }),
  };
}
