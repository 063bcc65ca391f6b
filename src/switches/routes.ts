import { z } from 'zod';
import type { StreamReader } from '../contracts';
import type { AppendOperation } from '../dead-letters';
import type { Pause } from './pause';
import { isRunning, storedPause } from './pause';
import type { PauseStore } from './store';
import { PauseConflictError } from './store';

/** In the stream of operations, which operators may write to and nobody else. Its last message has all paused routes. */
const SUBJECT = 'ops.switches.routes';
/** Somebody else may write between reading and writing, but hardly again and again. */
const MAX_ATTEMPTS = 5;

const stored = z.object({ paused: z.array(storedPause) });

/** Reads the paused routes: one request. @throws when the server does not answer, or the message cannot be read */
export async function readPausedRoutes(operations: StreamReader): Promise<readonly Pause[]> {
  return (await latest(operations)).paused;
}

async function latest(
  operations: StreamReader,
): Promise<{ readonly paused: readonly Pause[]; readonly sequence: number }> {
  const message = await operations.last(SUBJECT);
  if (!message) return { paused: [], sequence: 0 };
  const { paused } = stored.parse(JSON.parse(new TextDecoder().decode(message.body)));
  return { paused: paused.map((pause) => ({ kind: 'route', ...pause })), sequence: message.sequence };
}

/** Keeps the paused routes in JetStream, where the bridge reads them. Of two writers at once, none is lost. */
export function createRouteStore({
  operations,
  append,
  clock,
}: {
  readonly operations: StreamReader;
  readonly append: AppendOperation;
  readonly clock: () => Date;
}): PauseStore {
  async function change(to: (paused: readonly Pause[]) => readonly Pause[]): Promise<void> {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const { paused, sequence } = await latest(operations);
      const now = clock();
      const next = to(paused.filter((pause) => isRunning(pause, now)));
      const body = stored.parse({ paused: next });
      if (await append(SUBJECT, new TextEncoder().encode(JSON.stringify(body)), sequence)) return;
    }
    throw new PauseConflictError('others change the switches of routes at the same moment');
  }
  return {
    list: () => readPausedRoutes(operations),
    put: (pause) => change((paused) => [...paused.filter(({ name }) => name !== pause.name), pause]),
    remove: (gone) => change((paused) => paused.filter(({ name }) => name !== gone)),
  };
}
