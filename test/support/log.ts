import type { Log } from '../../src/contracts';

export const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** A log that remembers. */
export function rememberingLog(): Log & {
  readonly lines: { level: string; fields: object; message: string }[];
} {
  const lines: { level: string; fields: object; message: string }[] = [];
  const at = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, fields, message });
  return { lines, info: at('info'), warn: at('warn'), error: at('error') };
}
