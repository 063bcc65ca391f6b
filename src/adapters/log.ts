import type { Logger } from 'pino';
import pino from 'pino';
import pretty from 'pino-pretty';
import { oneLine, visible } from '../contracts';

interface LogOptions {
  readonly role: string;
  readonly level: string;
  readonly format: 'pretty' | 'json';
  /** Removes secrets from a text; `secretMask` makes it. */
  readonly mask?: (text: string) => string;
  /** Standard output by default. */
  readonly to?: NodeJS.WritableStream;
}

/**
 * The log of a process: JSON for machines, lines for people. Text from outside moves no cursor and forges no line in
 * either, and secrets are masked wherever they are.
 */
export function createLog({ role, level, format, mask = (text) => text, to }: LogOptions): Logger {
  const options = { level, base: { role, pid: process.pid } };
  if (format === 'json') {
    // The codes of `visible` are JSON's, so that a reader of the JSON gets the text as it was.
    const streamWrite = (line: string) => visible(mask(line));
    return pino({ ...options, hooks: { streamWrite } }, to ?? pino.destination(1));
  }
  const lines = pretty({
    sync: true,
    ignore: 'pid,hostname,role',
    messageFormat: (log, key) => oneLine(String(log[key])),
    ...(to && { destination: to }),
  });
  // pino-pretty reads the JSON, and writes its texts as they are: they are made harmless before.
  const streamWrite = (line: string) => `${JSON.stringify(harmless(JSON.parse(mask(line))))}\n`;
  return pino({ ...options, hooks: { streamWrite } }, lines);
}

function harmless(value: unknown): unknown {
  if (typeof value === 'string') return visible(value);
  if (Array.isArray(value)) return value.map(harmless);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [oneLine(name), harmless(inner)]));
}
