import type { Logger, LoggerOptions } from 'pino';
import pino from 'pino';
import pretty from 'pino-pretty';
import { oneLine, visible } from '../contracts';

interface LogOptions {
  readonly role: string;
  readonly level: string;
  readonly format: 'pretty' | 'json';
  /** Standard output by default. */
  readonly to?: NodeJS.WritableStream;
}

/** The log of a process: JSON for machines, lines for people. */
export function createLog({ role, level, format, to }: LogOptions): Logger {
  const options = { level, base: { role, pid: process.pid } };
  if (format === 'json') return pino(options, to ?? pino.destination(1));
  const lines = pretty({
    sync: true,
    ignore: 'pid,hostname,role',
    messageFormat: (log, key) => oneLine(String(log[key])),
    ...(to && { destination: to }),
  });
  return pino({ ...options, ...HARMLESS }, lines);
}

/**
 * Makes foreign text in fields and errors harmless on a terminal: it must not move the cursor or forge a line. JSON
 * escapes it anyway.
 */
const HARMLESS: LoggerOptions = {
  formatters: {
    log: (fields) =>
      Object.fromEntries(
        Object.entries(fields).map(([name, value]) => [
          name,
          typeof value === 'string' ? visible(value) : value,
        ]),
      ),
  },
  serializers: {
    err: (error: Error) => {
      const { message, stack, ...rest } = pino.stdSerializers.err(error);
      return { ...rest, message: visible(message), stack: visible(stack) };
    },
  },
};
