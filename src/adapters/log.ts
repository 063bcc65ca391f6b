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
    const streamWrite = (line: string) => visible(withTexts(line, { text: mask, name: mask }));
    return pino({ ...options, hooks: { streamWrite } }, to ?? pino.destination(1));
  }
  const lines = pretty({
    sync: true,
    singleLine: true,
    ignore: 'pid,hostname,role',
    messageFormat: (log, key) => oneLine(String(log[key])),
    ...(to && { destination: to }),
  });
  // pino-pretty reads the JSON, and writes its texts as they are: they are made harmless before.
  const streamWrite = (line: string) =>
    withTexts(line, { text: (text) => visible(mask(text)), name: (name) => oneLine(mask(name)) });
  return pino({ ...options, hooks: { streamWrite } }, lines);
}

interface TextChanges {
  readonly text: (text: string) => string;
  readonly name: (name: string) => string;
}

/** Changes the texts in a line of JSON. It stays JSON: a secret of digits is part of numbers that are none. */
function withTexts(line: string, changes: TextChanges): string {
  return `${JSON.stringify(changed(JSON.parse(line), changes))}\n`;
}

function changed(value: unknown, changes: TextChanges): unknown {
  if (typeof value === 'string') return changes.text(value);
  if (Array.isArray(value)) return value.map((inner) => changed(inner, changes));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [changes.name(name), changed(inner, changes)]),
  );
}
