import { z } from 'zod';

const line = z.object({ time: z.union([z.number(), z.string()]), msg: z.string() });

export interface LogLines {
  readonly count: number;
  readonly mostInASecond: number;
  readonly byMessage: Readonly<Record<string, number>>;
}

/** The log lines of a process between two moments; its log is JSON, one line for each entry. */
export function linesBetween(output: string, from: number, to: number): LogLines {
  const lines = output
    .split('\n')
    .filter((text) => text.startsWith('{'))
    .map((text) => line.parse(JSON.parse(text)))
    .map(({ time, msg }) => ({ at: new Date(time).getTime(), msg }))
    .filter(({ at }) => at >= from && at <= to);
  const bySecond = countedBy(lines, ({ at }) => String(Math.floor((at - from) / 1_000)));
  return {
    count: lines.length,
    mostInASecond: Math.max(0, ...Object.values(bySecond)),
    byMessage: countedBy(lines, ({ msg }) => msg),
  };
}

function countedBy<Item>(items: readonly Item[], key: (item: Item) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[key(item)] = (counts[key(item)] ?? 0) + 1;
  return counts;
}
