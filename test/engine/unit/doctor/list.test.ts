// Which checks an examination has, and that each looks at what it is for.
import { UnsecuredJWT } from 'jose';
import { readConfig } from '../../../../src/config';
import { createCatalogue } from '../../../../src/contracts';
import type { CheckParts } from '../../../../src/doctor/list';
import { checksOf } from '../../../../src/doctor/list';
import { silentLog } from '../../../support/log';

const NOW = Date.parse('2026-03-01T00:00:00Z');

const none = async function* () {
  /* nothing is there */
};
/** An account that allows ten consumers. */
const nats = {
  jetstreamManager: () =>
    Promise.resolve({
      getAccountInfo: () => Promise.resolve({ storage: 0, limits: { max_consumers: 10 } }),
      streams: { list: none },
    }),
};
/** A server whose clock is a minute ahead. */
const temporal = {
  options: { namespace: 'default' },
  withDeadline: (_: number, call: () => Promise<unknown>) => call(),
  workflowService: {
    describeTaskQueue: () =>
      Promise.resolve({ pollers: [{ identity: 'w', lastAccessTime: { seconds: NOW / 1_000 + 60 } }] }),
  },
};

function checks(environment: Record<string, string> = {}) {
  const config = readConfig(environment, { providers: [], database: 'none' });
  return checksOf({
    ...{ app: { root: '.', domains: [], pools: {} }, environment, config, log: silentLog, now: () => NOW },
    catalogue: () => createCatalogue([]),
    pools: () => [{ pool: 'payments', taskQueue: 'payments', hasWorkflows: false }],
    servers: {
      ...{ nats, temporal, database: {}, close: () => Promise.resolve() },
      states: [{ server: 'NATS', setting: 'NATS_URL', address: '', external: false, state: { kind: 'up' } }],
    },
  } as unknown as CheckParts);
}

/** The codes, with where, that the checks of a subject find; a check whose server is not there in this test finds nothing. */
async function found(subject: string, environment?: Record<string, string>): Promise<string[]> {
  const results = await Promise.allSettled(
    checks(environment)
      .filter(([name]) => name === subject)
      .map(async ([, check]) => check()),
  );
  return results
    .flatMap((result) => (result.status === 'fulfilled' ? result.value : []))
    .flatMap((finding) => (finding.level === 'ok' ? [] : [`${finding.code} ${finding.where}`]));
}

test('with all servers, everything is examined', () => {
  expect(checks().map(([subject]) => subject)).toEqual([
    ...['keys', 'ports', 'disk'],
    ...['streams', 'streams', 'account', 'clock'],
    ...['search-attributes', 'pools', 'clock'],
    ...['migrations', 'clock'],
  ]);
});

test('the account of NATS', async () => {
  expect(await found('account')).toEqual(['account-limit max_consumers']);
});

test('the clock of Temporal', async () => {
  expect(await found('clock')).toEqual(['clock-apart TEMPORAL_ADDRESS']);
});

test.each(['TEMPORAL_API_KEY', 'SAGALINE_TOKEN'])('the token in %s', async (setting) => {
  const expired = new UnsecuredJWT({}).setExpirationTime(NOW / 1_000 - 60).encode();
  expect(await found('keys', { [setting]: `${expired}x` })).toEqual([`key-expired ${setting}`]);
});
