import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Log } from '../../../contracts';
import { errorMessage } from '../../../contracts';
import type { TemporalSettings } from './connect';
import { TemporalRefusedError, whyRefused } from './refusal';
import { NOT_FOUND, PERMISSION_DENIED, statusCode, UNAUTHENTICATED } from './status';

/** Longer than any healthy answer, also while a connection is made. */
const PROBE_MS = 1_000;
/** On a busy machine a healthy server has a slow second: it is asked once more, and is away only if that fails, too. */
const SECOND_PROBE_MS = 2_000;
/** Pause between two attempts. */
const LOOK_MS = 1_000;

export type Reached =
  | { readonly kind: 'up' }
  /** Nobody answers; that may change by itself. */
  | { readonly kind: 'away' }
  | { readonly kind: 'refused'; readonly error: TemporalRefusedError };

/**
 * Whether the namespace answers, and if it does not, why. It is away if it has not answered twice, within three seconds.
 *
 * @throws InvalidConfigError for a file that cannot be used
 */
export async function reachTemporal(client: Client, settings: TemporalSettings): Promise<Reached> {
  for (const ms of [PROBE_MS, SECOND_PROBE_MS]) {
    try {
      await ask(client, ms);
      return { kind: 'up' };
    } catch (error) {
      const refusal = refusalOf(error, settings) ?? (await whyRefused(settings));
      if (refusal) return { kind: 'refused', error: refusal };
    }
  }
  return { kind: 'away' };
}

function refusalOf(
  error: unknown,
  { address, namespace }: TemporalSettings,
): TemporalRefusedError | undefined {
  const code = statusCode(error);
  if (code === PERMISSION_DENIED || code === UNAUTHENTICATED)
    return new TemporalRefusedError('denied', address, { cause: error });
  return code === NOT_FOUND
    ? new TemporalRefusedError('no-namespace', `${address} (${namespace})`, { cause: error })
    : undefined;
}

/** Whether the namespace answers at this moment. */
export async function temporalIsUp(client: Client): Promise<boolean> {
  return ask(client, PROBE_MS).then(
    () => true,
    () => false,
  );
}

function ask(client: Client, ms: number): Promise<unknown> {
  const { workflowService } = client;
  const { namespace } = client.options;
  return client.withDeadline(Date.now() + ms, () => workflowService.describeNamespace({ namespace }));
}

/**
 * Waits for a server that is not up yet, and logs that once.
 *
 * @throws TemporalRefusedError when server and process refuse each other twice in a row
 */
export async function awaitTemporal(
  client: Client,
  settings: TemporalSettings,
  { log, signal }: { readonly log: Log; readonly signal?: AbortSignal },
): Promise<void> {
  const { address } = settings;
  let before: Reached['kind'] | undefined;
  for (;;) {
    const reached = await reachTemporal(client, settings);
    if (reached.kind === 'up') return;
    if (reached.kind === 'refused' && before === 'refused') throw reached.error;
    if (reached.kind === 'away' && before !== 'away')
      log.warn({ address }, 'waiting for Temporal (TEMPORAL_ADDRESS)');
    before = reached.kind;
    await sleep(LOOK_MS, undefined, { signal });
  }
}

/**
 * Tells why Temporal refuses a process that works without it, or waits for it.
 *
 * @returns a function that stops this
 */
export function tellRefusal(client: Client, settings: TemporalSettings, log: Log): () => void {
  const stopped = new AbortController();
  awaitTemporal(client, settings, { log, signal: stopped.signal }).catch((error: unknown) => {
    if (!stopped.signal.aborted) log.error({ reason: errorMessage(error) }, 'Temporal cannot be used');
  });
  return () => stopped.abort();
}
