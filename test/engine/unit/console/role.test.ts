// Where the console does not start without tokens.
import { createRegistry } from '../../../../src/adapters/prometheus';
import { readConfig } from '../../../../src/config';
import { createCatalogue } from '../../../../src/contracts';
import type { LoadedApp } from '../../../../src/runtime/app';
import { rolesOf } from '../../../../src/runtime/roles';
import { silentLog } from '../../../support/log';

const app: LoadedApp = { root: process.cwd(), domains: [], pools: {} };
const production = {
  ...{ NODE_ENV: 'production', NATS_URL: 'tls://nats:4222', TEMPORAL_ADDRESS: '127.0.0.1:7233' },
  DATABASE_URL: `postgresql://sagaline_console:${'a'.repeat(32)}@localhost:5432/sagaline`,
  EVENT_SIGNATURES: 'off',
};

test.each([
  ['in production', production],
  ['on an address that others reach', { CONSOLE_HOST: '0.0.0.0' }],
])('without keys the console does not start %s', async (_, given) => {
  const config = readConfig(given, { providers: [] });
  const parts = { app, catalogue: createCatalogue([]), registry: createRegistry('test'), log: silentLog };
  await expect(rolesOf(app)['console']?.({ ...parts, config })).rejects.toThrow(
    /the console needs tokens .*: set API_KEYS_FILE/,
  );
});
