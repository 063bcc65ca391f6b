// A sandbox belongs to the local stack.
import { z } from 'zod';
import { createRegistry } from '../../../../src/adapters/prometheus';
import { readConfig } from '../../../../src/config';
import { createCatalogue } from '../../../../src/contracts';
import type { LoadedApp } from '../../../../src/runtime/app';
import { defineDevRole } from '../../../../src/runtime/dev-role';
import { rolesOf } from '../../../../src/runtime/roles';
import { silentLog } from '../../../support/log';

function started(NODE_ENV: 'development' | 'production') {
  const run = jest.fn(() => Promise.resolve({ checks: {}, stop: () => Promise.resolve() }));
  const sandbox = defineDevRole({ settings: z.object({}), run });
  const app: LoadedApp = { root: process.cwd(), domains: [], pools: {}, dev: { roles: { sandbox } } };
  const parts = { app, catalogue: createCatalogue([]), registry: createRegistry('test'), log: silentLog };
  const config = { ...readConfig({}, { providers: [] }), NODE_ENV };
  const start = async () => rolesOf(app)['sandbox']?.({ ...parts, config });
  return { start, run };
}

test('it does not start in production', async () => {
  const { start, run } = started('production');
  await expect(start()).rejects.toThrow('NODE_ENV: sandbox belongs to the local stack');
  expect(run).not.toHaveBeenCalled();
});

test('it starts on a laptop', async () => {
  const { start, run } = started('development');
  expect(await start()).toMatchObject({ checks: {} });
  expect(run).toHaveBeenCalledTimes(1);
});
