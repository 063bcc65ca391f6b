// Calls to paused providers are not made, and a step that needs one fails as in an outage, with the words of the pause.
import type { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';
import { DefectError } from '../../../../src/contracts';
import { activity } from '../../../../src/effects';
import type { ProviderPauses } from '../../../../src/runtime/roles/provider-pauses';
import { pauseProviders } from '../../../../src/runtime/roles/provider-pauses';

const BASES = { carrier: 'https://api.example.com/carrier/v1', bank: 'https://bank.example.com' };
/** One address is the beginning of the other, and one is below the other. */
const NEIGHBOURS = {
  psp: 'https://egress.example.com/psp',
  refunds: 'https://egress.example.com/psp-refunds',
  reports: 'https://egress.example.com/psp/reports/',
};
const WHY = 'paused by ada until 2026-01-01T13:00:00.000Z: they ask for it';

const real = globalThis.fetch;
const called: string[] = [];
let pauses: ProviderPauses;
let held: readonly string[];

beforeEach(() => {
  called.length = 0;
  held = ['carrier'];
  globalThis.fetch = (input) => {
    called.push(input instanceof Request ? input.url : input.toString());
    return Promise.resolve(new Response('{}'));
  };
  pauses = pauseProviders(BASES, (provider) => (held.includes(provider) ? WHY : undefined));
});
afterEach(() => {
  pauses.end();
  globalThis.fetch = real;
});

/** Runs a step as a worker does. */
function attempt(run: () => Promise<unknown>): Promise<unknown> {
  const { inbound } = pauses.interceptor({} as unknown as Context);
  const step = activity(z.object({}), run) as (...args: unknown[]) => Promise<unknown>;
  return inbound?.execute?.({ args: [{}], headers: {} }, ({ args }) => step(...args)) ?? Promise.resolve();
}

test.each([
  ['a text', () => fetch('https://api.example.com/carrier/v1/shipments?id=1')],
  ['a URL', () => fetch(new URL('https://api.example.com/carrier/v1/shipments'))],
  ['a request', () => fetch(new Request('https://api.example.com/carrier/v1/shipments', { method: 'POST' }))],
])('a call by %s does not reach a paused provider', async (_, call) => {
  await expect(call()).rejects.toThrow(`carrier is ${WHY}`);
  expect(called).toEqual([]);
});

test('other providers and addresses are called, and the provider itself once it goes on', async () => {
  await fetch('https://bank.example.com/accounts');
  await fetch('https://api.example.com/other');
  held = [];
  await fetch('https://api.example.com/carrier/v1/shipments');
  expect(called).toHaveLength(3);
});

test.each([
  ['lets the error through', (error: unknown) => Promise.reject(error as Error)],
  ['wraps it', () => Promise.reject(new Error('the carrier gave no answer'))],
  ['calls it final', () => Promise.reject(new DefectError('carrier-broken', 'no answer'))],
])('a step that %s is tried again, and says who has paused the provider', async (_, handle) => {
  const error: unknown = await attempt(() =>
    fetch('https://api.example.com/carrier/v1/shipments').catch(handle),
  ).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ApplicationFailure);
  expect(error).toMatchObject({ message: `carrier is ${WHY}`, nonRetryable: false, type: 'provider-paused' });
});

test.each([
  ['psp', ['/psp', '/psp?id=1', '/psp/charges'], ['/psp-refunds/1', '/psp/reports/1', '/pspx']],
  ['refunds', ['/psp-refunds', '/psp-refunds/1'], ['/psp/charges', '/psp/reports/1']],
  ['reports', ['/psp/reports', '/psp/reports/1'], ['/psp/charges', '/psp-refunds']],
])(
  'a pause of %s holds its own calls, and none of a neighbour at the same address',
  async (name, own, others) => {
    pauses.end();
    pauses = pauseProviders(NEIGHBOURS, (provider) => (provider === name ? WHY : undefined));
    for (const path of own)
      await expect(fetch(`https://egress.example.com${path}`)).rejects.toThrow(`${name} is ${WHY}`);
    expect(called).toEqual([]);
    for (const path of others) await fetch(`https://egress.example.com${path}`);
    expect(called).toHaveLength(others.length);
  },
);

test('a failure of a step that has met no paused provider stays what it is', async () => {
  await fetch('https://api.example.com/carrier/v1/shipments').catch(() => undefined);
  const failing = attempt(async () => {
    await fetch('https://bank.example.com/accounts');
    throw new DefectError('bank-broken', 'the account is closed');
  });
  await expect(failing).rejects.toMatchObject({ type: 'bank-broken', nonRetryable: true });
});

test('two workers of one process end in any order, and leave the fetch that they have found', async () => {
  const inner = globalThis.fetch;
  const other = pauseProviders(BASES, () => WHY);
  pauses.end();
  await expect(fetch('https://bank.example.com')).rejects.toThrow('bank is paused');
  other.end();
  expect(globalThis.fetch).toBe(inner);
  await fetch('https://api.example.com/carrier/v1/shipments');
  expect(called).toHaveLength(1);
});
