import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Log, Route } from '../../../contracts';
import { SAGA_STATE } from '../../../contracts';

/** Temporal's visibility has a change within a second or two. */
const COUNT_MS = 5_000;
const ANSWER_MS = 5_000;

export interface WaitingWatch {
  stop(): Promise<void>;
}

/**
 * Counts every five seconds how many processes wait for the event that begins them, over all bridges. If Temporal does
 * not answer, the last count stays.
 */
export function watchWaiting(
  client: Client,
  parts: {
    readonly routes: readonly Route[];
    readonly counted: (waiting: number) => void;
    readonly log: Log;
    /** Default: 5 s */
    readonly everyMs?: number;
  },
): WaitingWatch {
  const query = waitingQuery(parts.routes);
  const stopping = new AbortController();
  const watching = query === undefined ? Promise.resolve() : watch(query);
  return {
    stop: async () => {
      stopping.abort();
      await watching;
    },
  };

  async function watch(wanted: string): Promise<void> {
    let failed = false;
    while (!stopping.signal.aborted) {
      try {
        const { count } = await client.withDeadline(Date.now() + ANSWER_MS, () =>
          client.workflow.count(wanted),
        );
        parts.counted(count);
        failed = false;
      } catch (err) {
        if (!failed) parts.log.warn({ err }, 'the processes that wait for their beginning cannot be counted');
        failed = true;
      }
      await sleep(parts.everyMs ?? COUNT_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }
}

/** The open workflows in a state in which they wait for their beginning; `undefined` if no route has one. */
export function waitingQuery(routes: readonly Route[]): string | undefined {
  const waits = routes.flatMap((route) =>
    route.batch || route.waitsIn === undefined
      ? []
      : [`(WorkflowType = "${route.workflow.name}" AND ${SAGA_STATE.name} = "${route.waitsIn}")`],
  );
  if (waits.length === 0) return undefined;
  return `ExecutionStatus = "Running" AND (${[...new Set(waits)].join(' OR ')})`;
}
