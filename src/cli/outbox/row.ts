import { oneLine } from '../../contracts';
import type { OutboxEntry } from '../../relay';
import { OutboxRowError } from '../../relay';
import { CliError } from '../exit';

const NAME_WIDTH = 12;

/** A row for people, a line for each of its fields. */
export function inLines(row: OutboxEntry): string {
  return Object.entries(row)
    .map(([name, value]) => {
      const text = value instanceof Date ? value.toISOString() : String(value);
      return `${name.padEnd(NAME_WIDTH)} ${oneLine(text)}`;
    })
    .join('\n');
}

/** @throws CliError for a row that is not there, or not in a state to decide about */
export function refusal(error: unknown): never {
  if (error instanceof OutboxRowError) throw new CliError(error.code, error.message);
  throw error;
}
