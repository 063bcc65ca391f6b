import type { Stack } from '../../src/dev/stack';
import { freePorts, startStack } from '../../src/dev/stack';
import type { Supervision } from '../../src/dev/stack/child';

/** A PostgreSQL of the local stack, alone, for a server that has its databases there. */
export async function startPostgres(
  folder: string,
  { log, onUnexpectedExit }: Pick<Supervision, 'log' | 'onUnexpectedExit'>,
): Promise<Stack> {
  const [postgres = 0] = await freePorts(1);
  return startStack({
    dataDir: folder,
    ports: { nats: 0, temporal: 0, temporalUi: 0, temporalHttp: 0, temporalMetrics: 0, postgres },
    namespace: 'not.made',
    searchPath: undefined,
    external: { natsUrl: 'nats://not.started', temporalAddress: 'not.started:0' },
    log,
    onUnexpectedExit,
  });
}
