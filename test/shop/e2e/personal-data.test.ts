// Orders with unusual names, streets, addresses and tokens, through all processes. Whoever reads the databases, the streams or the logs
// finds none of them. The same orders through a gateway without keys are found everywhere: the search would notice.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect } from 'nats';
import { Client } from 'pg';
import { amendmentOf, cancellationOf, orderOf, paymentMethodOf, submissionOf } from '../../../demo/orders';
import { ownStackSettings } from '../../../demo/local-settings';
import type { OutgoingEvent } from '../../../src/contracts';
import { environment } from '../../../src/config';
import { freePorts } from '../../../src/dev/stack';
import { keyLine, secretFile } from '../../support/payload-keys';
import { QUICK_START } from '../../support/quick-start';
import type { Roles } from '../../support/roles';
import { rolesWith } from '../../support/roles';
import { storedTexts } from '../../support/stored-texts';
import { until } from '../../support/until';

const ROOT = path.resolve(__dirname, '../../..');
const UP_WITHIN_MS = 120_000;
const ORDERS_WITHIN_MS = 90_000;

jest.setTimeout(UP_WITHIN_MS + ORDERS_WITHIN_MS);

const dataDir = mkdtempSync(path.join(tmpdir(), 'sagaline-personal-'));
const keys = secretFile(keyLine('2026-11'));
let settings: Record<string, string>;
let start: ChildProcess;
let output = '';
let roles: Roles;
let gateways: Record<'encrypted' | 'clear', string>;
let database: Client;

const setting = (name: string) => settings[name] ?? '';

beforeAll(async () => {
  settings = await ownStackSettings(dataDir);
  start = spawn(
    process.execPath,
    ['--conditions=sagaline-source', 'bin/sagaline.mjs', 'start', '--no-tour'],
    {
      cwd: ROOT,
      env: {
        ...environment(),
        ...settings,
        ...QUICK_START,
        PERSONAL_DATA_KEYS_FILE: keys,
        LOG_LEVEL: 'trace',
      },
    },
  );
  for (const stream of [start.stdout, start.stderr]) stream?.on('data', (chunk) => (output += String(chunk)));
  await until('all is up', () => output.includes('All is up'), UP_WITHIN_MS);
  const [port = 0] = await freePorts(1);
  const databaseUrl = `postgresql://sagaline:sagaline@127.0.0.1:${setting('POSTGRES_PORT')}/sagaline`;
  roles = rolesWith({
    NATS_URL: `nats://127.0.0.1:${setting('NATS_PORT')}`,
    TEMPORAL_ADDRESS: `127.0.0.1:${setting('TEMPORAL_PORT')}`,
    DATABASE_URL: databaseUrl,
    GATEWAY_PORT: String(port),
  });
  await roles.start('gateway');
  gateways = {
    encrypted: `http://127.0.0.1:${setting('GATEWAY_PORT')}`,
    clear: `http://127.0.0.1:${port}`,
  };
  database = new Client({ connectionString: databaseUrl });
  await database.connect();
}, UP_WITHIN_MS);

afterAll(async () => {
  await database.end();
  await roles.stop();
  if (start.exitCode === null) {
    start.kill('SIGINT');
    await once(start, 'exit');
  }
  rmSync(dataDir, { recursive: true, force: true });
}, UP_WITHIN_MS);

async function post(gateway: keyof typeof gateways, { body }: OutgoingEvent): Promise<void> {
  const answer = await fetch(`${gateways[gateway]}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents+json' },
    body: Buffer.from(body),
  });
  if (answer.status !== 202) throw new Error(`${answer.status}: ${await answer.text()}`);
}

const stateOf = async (orderId: string) => {
  const query = 'select state from orders.orders where order_id = $1';
  return (await database.query<{ state: string }>(query, [orderId])).rows[0]?.state;
};
const hasHappened = async (orderId: string, what: string) => {
  const query = 'select what from orders.timeline where order_id = $1 and what like $2';
  return (await database.query(query, [orderId, what])).rows.length > 0;
};
const untilState = (orderId: string, state: string) =>
  until(`${orderId} is ${state}`, async () => (await stateOf(orderId)) === state, ORDERS_WITHIN_MS);

/** One order to its end, one amended and cancelled, one refused by the carrier, and an event that comes too late. */
async function drive(gateway: keyof typeof gateways): Promise<readonly string[]> {
  const name = `Xylophona-${gateway}`;
  const street = `Zwiebelturmgasse-${gateway} 77b`;
  const amended = `Quittenhof-${gateway} 3`;
  const email = `kanarienvogel.${gateway}@vogelhaus.example`;
  const token = (n: number) => `tok_single_use_canary_${gateway}_${n}`;
  const address = { name, street, postalCode: '10115', city: 'Berlin', country: 'DE' };
  const order = (what: string, n: number, postalCode: string) =>
    orderOf(`${what}-${gateway}`, {
      email,
      paymentToken: token(n),
      shippingAddress: { ...address, postalCode },
    });
  const [plain, changed, refused] = [
    order('plain', 1, '10115'),
    order('changed', 2, '00001'),
    order('refused', 3, '00000'),
  ];
  for (const each of [plain, changed, refused]) await post(gateway, submissionOf(each));
  await untilState(changed.orderId, 'confirmed');
  await post(
    gateway,
    amendmentOf(changed.orderId, {
      shippingAddress: { ...address, street: amended, postalCode: '00001' },
      paymentToken: token(4),
    }),
  );
  await until('the order is amended', () => hasHappened(changed.orderId, 'Order amended%'), ORDERS_WITHIN_MS);
  await post(gateway, cancellationOf(changed.orderId));
  await untilState(changed.orderId, 'cancelled');
  await untilState(refused.orderId, 'compensated');
  await untilState(plain.orderId, 'completed');
  await post(gateway, paymentMethodOf(plain.orderId, token(5)));
  return [name, street, amended, email, `tok_single_use_canary_${gateway}`];
}

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));

/** Where the words are, with how often. What the sandbox stores is the provider's own. */
async function findings(words: readonly string[]): Promise<Record<string, number>> {
  const tables = await database.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
      where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const rows: object[] = [];
  for (const { name } of tables.rows) rows.push((await database.query<object>(`select * from ${name}`)).rows);
  const read = (files: readonly string[]) => files.map((file) => readFileSync(file, 'latin1')).join('\n');
  const all = filesBelow(dataDir);
  const below = (part: RegExp) => all.filter((file) => part.test(path.relative(dataDir, file)));
  const places = {
    postgres: storedTexts(rows),
    nats: read(below(/^nats\b/)),
    temporal: read(below(/^temporal\b/)),
    logs: read(below(/^logs\b/)) + output,
  };
  return Object.fromEntries(
    Object.entries(places).map(([place, text]) => [
      place,
      words.reduce((sum, word) => sum + text.split(word).length - 1, 0),
    ]),
  );
}

test('nobody who reads what is stored or logged finds a name, a street, an e-mail address or a token', async () => {
  const [encrypted, clear] = await Promise.all([drive('encrypted'), drive('clear')]);
  const nats = await connect({ servers: `nats://127.0.0.1:${setting('NATS_PORT')}` });
  const manager = await nats.jetstreamManager();
  // Each late payment method is one.
  const deadLetters = async () => (await manager.streams.info('DEAD_LETTERS')).state.messages;
  await until('there are two dead letters', async () => (await deadLetters()) >= 2, ORDERS_WITHIN_MS);
  await nats.close();
  const found = { on: await findings(encrypted), off: await findings(clear) };
  process.stdout.write(`hits: ${JSON.stringify(found)}\n`);
  expect(found.on).toEqual({ postgres: 0, nats: 0, temporal: 0, logs: 0 });
  for (const place of ['postgres', 'nats', 'temporal']) expect(found.off[place]).toBeGreaterThan(0);
});
