import type { Command } from 'commander';
import { contextName, correlationKey, moment, reasonName, wholeNumber } from '../options';

/** The dead letters that a command applies to. */
export interface Filter {
  readonly reason?: string;
  readonly context?: string;
  readonly key?: string;
  readonly since?: Date;
  readonly limit: number;
}

/** Default length of a list. */
export const PAGE = 20;
/** Longest page; `--cursor` requests the next one. */
const LARGEST_PAGE = 1_000;

export function withFilter(command: Command, limit: number): Command {
  command
    .option('--reason <reason>', 'with this reason only', reasonName)
    .option('--context <context>', 'of this context only: the word before the fact', contextName)
    .option('--key <key>', 'with this correlation key only', correlationKey)
    .option('--since <time>', 'dead-lettered since: 2h (ago), or 2026-01-31T12:00:00Z', moment);
  return withLimit(command, limit);
}

export function withLimit(command: Command, limit: number): Command {
  return command.option('--limit <number>', 'so many at most', wholeNumber(1, LARGEST_PAGE), limit);
}
