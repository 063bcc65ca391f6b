import { oneLine } from '../../contracts';
import type { OutboxEntry } from '../../relay';
import { OutboxRowError } from '../../relay';
import { CliError } from '../exit';

const NAME_WIDTH = 12;

/** Formats a row for people, one line for each field. */
export function inLines(row: OutboxEntry): string {
  return Object.entries(row)
    .map(([name, value]) => {
      const text = value instanceof Date ? value.toISOString() : String(value);
      return `${name.padEnd(NAME_WIDTH)} ${oneLine(text)}`;
    })
    .join('\n');
}

/** @throws CliError for a row that does not exist, or whose state does not allow a decision */
export function refusal(error: unknown): never {
  if (error instanceof OutboxRowError) throw new CliError(error.code, error.message);
  throw error;
}
