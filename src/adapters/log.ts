import type { Logger } from 'pino';
import pino from 'pino';
import pretty from 'pino-pretty';

/** The log of a process, on standard output: JSON for machines, lines for people. */
export function createLog(options: { role: string; level: string; format: 'pretty' | 'json' }): Logger {
  const stream =
    options.format === 'pretty' ? pretty({ sync: true, ignore: 'pid,hostname,role' }) : pino.destination(1);
  return pino({ level: options.level, base: { role: options.role, pid: process.pid } }, stream);
}
