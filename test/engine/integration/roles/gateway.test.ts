// The process of the gateway: what it wires, and what it checks before it waits for others.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { alertRaised } from '../../../../examples/device-alerts/domain/events';
import { createRegistry } from '../../../../src/adapters/prometheus';
import {
  createCatalogue,
  encodeEvent,
  newEvent,
  sourceFor,
  STRUCTURED_CONTENT_TYPE,
} from '../../../../src/contracts';
import { freePorts } from '../../../../src/dev/stack';
import { appConfig, settingsIn } from '../../../../src/runtime/config';
import { loadApp } from '../../../../src/runtime/load';
import type { RunningRole } from '../../../../src/runtime/role';
import { rolesOf } from '../../../../src/runtime/roles';
import { silentLog } from '../../../support/log';
import { createTestNamespace } from '../../../support/namespace';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { AUDIENCE, testKey } from '../../../support/signatures';

const app = loadApp(path.resolve(__dirname, '../../../../examples/device-alerts'));
const SOURCE = sourceFor(alertRaised, '/devices');
const key = testKey('devices-1', [SOURCE]);
/** Nobody listens on it. */
const NOWHERE = '127.0.0.1:1';

let nats: TestNats;
let temporal: Awaited<ReturnType<typeof createTestNamespace>>;
let folder: string;
const running: RunningRole[] = [];

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'sagaline-gateway-'));
  [nats, temporal] = await Promise.all([startTestNats(), createTestNamespace()]);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((role) => role.stop()));
});
afterAll(async () => {
  await temporal.client.connection.close();
  await nats.stop();
  rmSync(folder, { recursive: true });
});

function fileWith(name: string, content: object): string {
  const file = path.join(folder, name);
  writeFileSync(file, JSON.stringify(content));
  return file;
}

/** Starts the role, and returns its address. */
async function start(settings: Readonly<Record<string, string>>): Promise<string> {
  const [port = 0] = await freePorts(1);
  const given = {
    NATS_URL: nats.url,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    DATABASE_URL: `postgresql://nobody:nothing@${NOWHERE}/none`,
    GATEWAY_PORT: String(port),
    ...settings,
  };
  const config = appConfig(app, [], given, {
    servesGateway: true,
    signatures: { signs: true, verifies: true },
  });
  const catalogue = createCatalogue(app.domains, settingsIn(config));
  const role = rolesOf(app)['gateway'];
  if (!role) throw new Error('there is no gateway');
  const started = await role({
    ...{ app, config, catalogue, registry: createRegistry('gateway'), log: silentLog },
  });
  started.failed?.catch(() => undefined);
  running.push(started);
  return `http://127.0.0.1:${port}`;
}

test('POST /events takes signed events only, if signatures are required', async () => {
  const signatures = {
    EVENT_SIGNATURE_AUDIENCE: AUDIENCE,
    EVENT_SIGNING_KEYS_FILE: fileWith('public-keys.json', { keys: [key.entry] }),
    EVENT_SIGNING_KEY_FILE: fileWith('signing-key.json', key.privateKey),
  };
  const event = () =>
    Buffer.from(
      encodeEvent(newEvent(alertRaised, { id: randomUUID(), data: alertRaised.example }), { source: SOURCE })
        .body,
    );
  const post = async (url: string, body: Buffer, signature?: string) => {
    const signed = signature === undefined ? {} : { 'x-jws-signature': signature };
    const headers = { 'content-type': STRUCTURED_CONTENT_TYPE, ...signed };
    return (await fetch(`${url}/events`, { method: 'POST', headers, body })).status;
  };
  const required = await start({ ...signatures, EVENT_SIGNATURES: 'require' });
  const body = event();
  expect(await post(required, body)).toBe(401);
  expect(await post(required, body, await key.sign(event()))).toBe(401);
  expect(await post(required, body, await key.sign(body))).toBe(202);
  const off = await start({ ...signatures, EVENT_SIGNATURES: 'off' });
  expect(await post(off, event())).toBe(202);
});

test.each([
  ['API_KEYS_FILE', { API_KEYS_FILE: 'nowhere.json', GATEWAY_AUTH: 'required' }],
  [
    'EVENT_SIGNING_KEY_FILE',
    {
      EVENT_SIGNATURES: 'require',
      EVENT_SIGNATURE_AUDIENCE: AUDIENCE,
      EVENT_SIGNING_KEYS_FILE: 'nowhere.json',
      EVENT_SIGNING_KEY_FILE: 'nowhere.json',
    },
  ],
])(
  'a missing %s is told before the process waits for NATS',
  async (setting, settings) => {
    await expect(start({ NATS_URL: `nats://${NOWHERE}`, ...settings })).rejects.toMatchObject({
      name: 'InvalidConfigError',
      message: expect.stringContaining(setting) as unknown,
    });
  },
  10_000,
);
