import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { isCorrelationKey, REASONS } from '../contracts';

/** Options that every verb has: `-o json`. */
export interface Output {
  readonly output: 'text' | 'json';
}

export function withOutput(command: Command): Command {
  const output = new Option('-o, --output <format>', 'text for people, json for programs');
  return command.addOption(output.choices(['text', 'json']).default('text'));
}

export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= min && number <= max) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

export const sequenceNumber = wholeNumber(1, Number.MAX_SAFE_INTEGER);

export function sequenceNumbers(text: string, before: readonly number[] = []): readonly number[] {
  return [...before, sequenceNumber(text)];
}

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Parses `90s`, `10m`, `2h` or `3d`. Returns milliseconds. */
export function duration(text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const ms = Number(count) * (UNITS[unit] ?? 0);
  if (ms > 0) return ms;
  throw new InvalidArgumentError('It must be a time such as 90s, 10m, 2h or 3d.');
}

/** Parses a point in time, or a duration before now. */
export function moment(text: string): Date {
  if (/^\d{4}-\d\d-\d\d/.test(text)) {
    const at = new Date(text);
    if (!Number.isNaN(at.getTime())) return at;
  }
  try {
    return new Date(Date.now() - duration(text));
  } catch {
    throw new InvalidArgumentError(
      'It must be a moment such as 2026-01-31T12:00:00Z, or a time ago such as 10m.',
    );
  }
}

/** Parses a point in time, in the form in which files of keys have it. */
export function timestamp(text: string): string {
  const at = new Date(text);
  if (/^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(at.getTime())) return at.toISOString();
  throw new InvalidArgumentError('It must be a time such as 2027-01-31T12:00:00Z.');
}

/** Help text of the key argument. A key may begin with `-`, as an option does. */
export const KEY_HELP = 'the correlation key: of one process; one that begins with "-" comes behind `--`';

export function correlationKey(text: string): string {
  if (isCorrelationKey(text)) return text;
  throw new InvalidArgumentError(
    'A correlation key has 1 to 64 characters out of A-Z, a-z, 0-9, "_" and "-".',
  );
}

/** Parses a token of a subject that is not a wildcard. */
export function contextName(text: string): string {
  if (/^[A-Za-z0-9_-]{1,64}$/.test(text)) return text;
  throw new InvalidArgumentError('A context is one word of A-Z, a-z, 0-9, "_" and "-".');
}

export function reasonName(text: string): string {
  if (Object.hasOwn(REASONS, text)) return text;
  throw new InvalidArgumentError(`There is no such reason. Known are ${Object.keys(REASONS).join(', ')}.`);
}

/** Collects assignments such as `data.lines[0].quantity=3`. */
export function assignment(text: string, before: readonly Assignment[] = []): readonly Assignment[] {
  const at = text.indexOf('=');
  const path = text
    .slice(0, at)
    .split(/[.[\]]+/)
    .filter(Boolean);
  if (at < 1 || path.length === 0) throw new InvalidArgumentError('It must be of the form data.name=value.');
  return [...before, { path, value: text.slice(at + 1) }];
}

export interface Assignment {
  readonly path: readonly string[];
  readonly value: string;
}
