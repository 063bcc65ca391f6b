// Starts a server again when it ends by itself.
import { setTimeout as sleep } from 'node:timers/promises';
import { doubling } from '../../async';
import { errorMessage } from '../../contracts';
import type { ServerProcess, Supervision } from './child';

/** Pauses before a restart. A server that was killed is back after the first; one that cannot run does not fill the log. */
const PAUSES = { firstMs: 500, longestMs: 15_000 };
/** A server that has run for this long failed for a new reason. */
const STEADY_MS = 60_000;
/** After this many failures in a row a person has to act, and is told so. */
const HELPLESS = 3;

export interface Keeping {
  readonly name: string;
  /** Folder with the logs of the servers. */
  readonly logFolder: string;
  readonly log: (line: string) => void;
  /** For tests. */
  readonly pause?: (ms: number) => Promise<unknown>;
}

/**
 * Starts a server, and again with growing pauses whenever it ends without `stop()`.
 *
 * @param start called for each start, with what it must call when the server ends by itself
 * @returns the server, whose `pid` is that of the present process
 * @throws the error of the first start
 */
export async function keepRunning<Server extends ServerProcess>(
  start: (onUnexpectedExit: Supervision['onUnexpectedExit']) => Promise<Server>,
  { name, logFolder, log, pause = sleep }: Keeping,
): Promise<Server> {
  let stopping = false;
  let failures = 0;
  let upSince = 0;
  const launch = async () => {
    const server = await start((_, detail) => void restart(detail));
    upSince = performance.now();
    return server;
  };
  const first = await launch();
  let current: Server = first;

  async function restart(detail: string): Promise<void> {
    if (performance.now() - upSince > STEADY_MS) failures = 0;
    const [how = ''] = detail.split('\n');
    log(`${name} has ${how}; starting it again`);
    while (!isStopping()) {
      failures += 1;
      if (failures === HELPLESS)
        log(`${name} does not stay up: its log in ${logFolder} says why, "npx sagaline doctor" what to do`);
      await pause(doubling(failures, PAUSES));
      if (isStopping()) return;
      try {
        current = await launch();
        log(`${name}: is up again`);
        if (isStopping()) await current.stop();
        return;
      } catch (error) {
        // The stack is stopping, so the interrupted start is not logged.
        if (!isStopping()) log(errorMessage(error));
      }
    }
  }
  const isStopping = () => stopping;

  return {
    ...first,
    get pid() {
      return current.pid;
    },
    stop: (graceMs) => {
      stopping = true;
      return current.stop(graceMs);
    },
  };
}
