// Roles that cannot reach their servers, with a canary in each secret: none is in what they write.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { production } from '../../support/config';

const ROOT = path.resolve(__dirname, '../../../..');
const LOUD = /canary/i;
/** Nothing listens on the discard port of this machine. */
const NOWHERE = '127.0.0.1:9';
/** Time for a first error after a role has begun to connect; a slow machine takes a while to load it. */
const WITHIN_MS = 60_000;

/** Long enough for production. */
const canary = (name: string) => `canary-${name}-${'x'.repeat(32)}`;

const given = {
  ...production,
  JWT_JWKS_URL: 'https://login.example.com/jwks',
  JWT_ISSUER: 'https://login.example.com',
  JWT_AUDIENCE: 'sagaline',
  EVENT_SIGNATURES: 'off',
  PERSONAL_DATA: 'clear',
  NATS_URL: `nats://canary-user:${canary('nats')}@${NOWHERE}`,
  TEMPORAL_ADDRESS: NOWHERE,
  TEMPORAL_API_KEY: canary('temporal'),
  DATABASE_URL: `postgresql://app:%2F${canary('database')}@${NOWHERE}/app`,
  DATABASE_DIRECT_URL: `postgresql://app:%2F${canary('direct')}@${NOWHERE}/app`,
  PROVIDER_PAYMENT_PROVIDER_API_KEY: canary('payment-key'),
  PROVIDER_PAYMENT_PROVIDER_WEBHOOK_SECRET: `${canary('payment-new')},${canary('payment-old')}`,
  PROVIDER_CARRIER_API_KEY: canary('carrier-key'),
  PROVIDER_CARRIER_WEBHOOK_SECRET: canary('carrier-webhooks'),
};

const CONNECTING = /waiting|cannot|connect/i;

/** All that a role writes until it has failed to connect. */
async function written(role: string, settings: Record<string, string>): Promise<string> {
  const args = ['--conditions=sagaline-source', 'bin/sagaline.mjs', 'run', role];
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { PATH: path.dirname(process.execPath), LOG_LEVEL: 'trace', HEALTH_PORT: '', ...settings },
  });
  let text = '';
  const keep = (chunk: Buffer) => (text += chunk.toString());
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const limit = Date.now() + WITHIN_MS;
  while (!CONNECTING.test(text) && Date.now() < limit && child.exitCode === null) await sleep(50);
  child.kill('SIGKILL');
  await ended;
  return text;
}

jest.setTimeout(2 * WITHIN_MS);

test('none in a log, and none in the message about a wrong configuration', async () => {
  // Side by side: each takes a second to load.
  const [gateway, worker, wrong] = await Promise.all([
    written('gateway', given),
    written('worker:payments', given),
    written('gateway', { ...given, DATABASE_URL: 'mysql://app:canary-mysql@db/app' }),
  ]);
  for (const text of [gateway, worker]) expect(text).toMatch(CONNECTING);
  expect(wrong).toContain('DATABASE_URL');
  for (const text of [gateway, worker, wrong]) expect(text).not.toMatch(LOUD);
});
