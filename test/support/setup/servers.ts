import { Client } from 'pg';
import type { TestServers } from '../../../src/testing';
import { startTestServers } from '../../../src/testing';
import { handOver } from '../../../src/testing/handover';
import { TEMPLATE } from './handover';
import { loadApp } from '../../../src/runtime/load';
import buildBundles from './bundles';

/** For the teardown; both run in jest's own process. */
let servers: TestServers | undefined;

/**
 * One Temporal and one PostgreSQL for all integration tests of a run, on free ports. NATS is started for each file (it
 * takes 0.1 s), because a JetStream account has one event stream.
 */
export default async function startServers(): Promise<void> {
  servers = await startTestServers({ only: ['temporal', 'postgres'], app: loadApp() });
  const { temporalAddress, databaseUrl, temporalMetricsUrl } = servers;
  await makeTemplate(databaseUrl);
  handOver('servers', { temporalAddress, databaseUrl, temporalMetricsUrl });
  await buildBundles();
}

async function makeTemplate(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl.replace(/\/[^/]*$/, '/postgres') });
  await client.connect();
  try {
    await client.query(`create database ${TEMPLATE} template ${new URL(databaseUrl).pathname.slice(1)}`);
  } finally {
    await client.end();
  }
}

export async function stopServers(): Promise<void> {
  await servers?.stop();
}
