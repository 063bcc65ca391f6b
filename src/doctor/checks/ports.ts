import type { Finding } from '../finding';
import { findingsOf } from '../finding';

const { ok, problem } = findingsOf('ports');

/** A port of the local stack. */
export interface PortState {
  readonly port: number;
  readonly setting: string;
  /** What the stack opens it for. */
  readonly server: string;
  readonly taken: boolean;
}

/**
 * Ports that another program has keep the stack from starting.
 *
 * @param stackRuns whether the stack of this folder runs: it is then what has the ports
 */
export function checkPorts(ports: readonly PortState[], { stackRuns }: { stackRuns: boolean }): Finding[] {
  const taken = stackRuns ? [] : ports.filter((port) => port.taken);
  if (taken.length === 0)
    return ports.length === 0
      ? []
      : [ok('local ports', stackRuns ? 'are those of the running stack' : 'are free')];
  return taken.map(({ port, setting, server }) =>
    problem({
      ...{ code: 'port-taken', where: `${setting} ${port}` },
      what: `port ${port}, wanted by ${server}, is taken by another program`,
      remedy: `end that program ("ss -ltnp sport = :${port}" names it), or set ${setting} to a free port`,
    }),
  );
}
