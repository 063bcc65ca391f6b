import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from '@temporalio/worker';
import { NativeConnection } from '@temporalio/worker';
import type { TemporalSettings, TlsMaterial } from '../../adapters/temporal';
import { followApiKey, readTls, watchTls, workerCredentials } from '../../adapters/temporal';
import type { Log } from '../../contracts';
import { errorMessage } from '../../contracts';

/** Pause between two attempts to connect to a server that is not up yet. */
const LOOK_MS = 1_000;

interface Opened {
  readonly connection: NativeConnection;
  /** With which the connection was made. */
  readonly material: TlsMaterial;
}

/** Waits for Temporal, and logs that once: a worker may start before its server. */
export async function connectWorker(settings: TemporalSettings, log: Log): Promise<Opened> {
  const { address, tls } = settings;
  for (let attempt = 1; ; attempt++) {
    const material = tls ? readTls(tls) : {};
    try {
      return { connection: await open(settings, material), material };
    } catch (error) {
      const reason = errorMessage(error);
      if (attempt === 1) log.warn({ address, reason }, 'waiting for Temporal (TEMPORAL_ADDRESS)');
      await sleep(LOOK_MS);
    }
  }
}

function open(settings: TemporalSettings, material: TlsMaterial): Promise<NativeConnection> {
  return NativeConnection.connect({ address: settings.address, ...workerCredentials(settings, material) });
}

/**
 * Keeps key and certificate of a worker current. A connection keeps the certificate that it was made with, so the worker gets a new
 * connection; what the former one has begun, such as a poll, ends there.
 */
export function followCredentials(
  worker: Pick<Worker, 'connection'>,
  parts: {
    readonly settings: TemporalSettings;
    readonly opened: Opened;
    readonly log: Log;
    readonly everyMs?: number;
  },
): { stop(): Promise<void> } {
  const { settings, opened, log, everyMs } = parts;
  let current = opened.connection;
  let endKey = followApiKey(current, settings.apiKey);
  let latest = opened.material;
  let replacing: Promise<void> = Promise.resolve();
  const stopped = new AbortController();

  /** Tries until the server takes the certificate, there is a newer one, or the worker stops. */
  async function replace(material: TlsMaterial): Promise<void> {
    for (let attempt = 1; latest === material && !stopped.signal.aborted; attempt++) {
      try {
        const next = await open(settings, material);
        const former = current;
        worker.connection = next;
        current = next;
        endKey();
        endKey = followApiKey(next, settings.apiKey);
        await former.close();
        log.info({ address: settings.address }, 'the worker uses its new certificate');
        return;
      } catch (error) {
        const reason = errorMessage(error);
        if (attempt === 1)
          log.error({ reason }, 'no connection to Temporal with the new certificate; the last one stays');
        await sleep(LOOK_MS, undefined, { signal: stopped.signal }).catch(() => undefined);
      }
    }
  }

  const changed = (material: TlsMaterial) => {
    latest = material;
    replacing = replacing.then(() => replace(material));
  };
  const endFiles = settings.tls
    ? watchTls(settings.tls, changed, { from: opened.material, everyMs })
    : () => undefined;
  return {
    stop: async () => {
      endFiles();
      stopped.abort();
      await replacing;
      endKey();
      await current.close();
    },
  };
}
