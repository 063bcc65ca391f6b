import { InvalidArgumentError } from 'commander';
import type { Part } from './part';

/** Temporal's servers that can be measured on: that of the local stack, and the one that runs in production. */
export const SERVERS = ['development', 'production'] as const;
export type ServerName = (typeof SERVERS)[number];

/** The parts named in a list such as `saga,latency`. @throws InvalidArgumentError */
export function partsNamed(names: string, parts: readonly Part[]): Part[] {
  return names.split(',').map((name) => {
    const part = parts.find((each) => each.name === name);
    if (part) return part;
    throw new InvalidArgumentError(`there is no part "${name}", only ${inList(parts)}.`);
  });
}

/**
 * The parts that run on a server.
 *
 * @param asked the parts that were named; default: all that run there
 * @throws InvalidArgumentError when one was named that does not run on this server
 */
export function partsOn(
  server: ServerName,
  asked: readonly Part[] | undefined,
  parts: readonly Part[],
): readonly Part[] {
  const runs = ({ onProduction }: Part) => server === 'development' || onProduction === true;
  const not = asked?.filter((part) => !runs(part)) ?? [];
  if (not.length === 0) return asked ?? parts.filter(runs);
  throw new InvalidArgumentError(
    `${inList(not)} cannot run on the ${server} server, only ${inList(parts.filter(runs))}. ` +
      `Leave ${not.length === 1 ? 'it' : 'them'} out of --only, or leave out --server.`,
  );
}

function inList(parts: readonly Part[]): string {
  return parts.map(({ name }) => name).join(',');
}
