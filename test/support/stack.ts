import { connect } from 'nats';
import { Client } from 'pg';
import { environment } from '../../src/config';
import type { StackOptions, StackPorts } from '../../src/dev/stack';
import { freePorts } from '../../src/dev/stack';

/** The options with which tests of the local stack start it. */
export async function stackOptions(
  given: Pick<StackOptions, 'dataDir'> & Partial<StackOptions>,
): Promise<StackOptions> {
  return {
    ports: await somePorts(),
    namespace: 'stack-test',
    searchPath: environment()['PATH'],
    external: {},
    log: () => undefined,
    onUnexpectedExit: () => undefined,
    ...given,
  };
}

export async function somePorts(): Promise<StackPorts> {
  const [nats, natsMonitor, temporal, temporalUi, temporalHttp, temporalMetrics, postgres] = (await freePorts(
    7,
  )) as [number, number, number, number, number, number, number];
  return { nats, natsMonitor, temporal, temporalUi, temporalHttp, temporalMetrics, postgres };
}

export async function publishOne(natsUrl: string): Promise<void> {
  const connection = await connect({ servers: natsUrl });
  const manager = await connection.jetstreamManager();
  await manager.streams.add({ name: 'KEPT', subjects: ['kept'] });
  await connection.jetstream().publish('kept', 'a message');
  await connection.close();
}

export async function messagesIn(natsUrl: string): Promise<number> {
  const connection = await connect({ servers: natsUrl });
  const manager = await connection.jetstreamManager();
  const { state } = await manager.streams.info('KEPT');
  await connection.close();
  return state.messages;
}

export async function streamsOf(natsUrl: string): Promise<string[]> {
  const connection = await connect({ servers: natsUrl });
  const names = await (await connection.jetstreamManager()).streams.names().next();
  await connection.close();
  return names;
}

/** Runs the statements one by one, and returns the rows of the last. */
export async function sql(databaseUrl: string, ...statements: string[]): Promise<unknown[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    let rows: unknown[] = [];
    for (const statement of statements) rows = (await client.query<Record<string, unknown>>(statement)).rows;
    return rows;
  } finally {
    await client.end();
  }
}
