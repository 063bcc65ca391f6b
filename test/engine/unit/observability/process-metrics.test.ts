// What each process measures of its own work: attempts of steps, the first effect of an event, calls of providers.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { Info } from '@temporalio/activity';
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker';
import { Registry } from 'prom-client';
import { providerMetrics, stepMetrics } from '../../../../src/adapters/prometheus';
import { finalFailure } from '../../../../src/effects';

const execute = async (
  registry: Registry,
  attempts: readonly (readonly [attempt: number, run: () => Promise<unknown>, cause?: object])[],
) => {
  const factory = stepMetrics(registry);
  for (const [attempt, run, cause] of attempts) {
    const { inbound } = factory({ info: { activityType: 'reserveStock', attempt } as Info } as never);
    const { execute: around } = inbound as Required<Pick<ActivityInboundCallsInterceptor, 'execute'>>;
    await around({ args: [{}, cause], headers: {} }, run).catch(() => undefined);
  }
  return registry.metrics();
};

test('attempts are counted by what they mean, and those that are tried again by their number', async () => {
  const fails = (error: Error) => () => Promise.reject(error);
  const text = await execute(new Registry(), [
    [1, () => Promise.resolve(1)],
    [1, fails(finalFailure('refused', 'out-of-stock', 'none left'))],
    [1, fails(finalFailure('defect', 'provider-answer', 'odd'))],
    [1, fails(new Error('no route'))],
    [3, fails(ApplicationFailure.create({ message: 'no meaning' }))],
    [7, fails(new Error('no route'))],
    [12, fails(new Error('no route'))],
    [1, fails(new CancelledFailure('the saga ends'))],
  ]);
  const count = (outcome: string) =>
    Number(
      new RegExp(
        `step_attempt_duration_seconds_count{activity="reserveStock",outcome="${outcome}"} (\\d+)`,
      ).exec(text)?.[1],
    );
  expect(['done', 'refused', 'defect', 'unknown', 'cancelled'].map(count)).toEqual([1, 1, 1, 4, 1]);
  for (const attempt of ['1', '2-4', '5-9', '10-'])
    expect(text).toContain(`sagaline_step_failures_total{activity="reserveStock",attempt="${attempt}"} 1`);
});

test('the age of an event at its first effect is measured once, by the time that the workflow sends with the step', async () => {
  const causedAt = new Date(Date.now() - 30_000).toISOString();
  const done = () => Promise.resolve();
  const text = await execute(new Registry(), [
    [1, () => Promise.reject(new Error('no effect yet')), { causationId: 'e-1', causedAt }],
    [2, done, { causationId: 'e-1', causedAt }],
    [1, done, { causationId: 'e-1', causedAt }],
    [1, done, { causationId: 'e-2', causedAt: 'at noon' }],
    [1, done],
  ]);
  expect(text).toContain('sagaline_event_first_effect_age_seconds_count{activity="reserveStock"} 1');
  expect(text).toContain('sagaline_event_first_effect_age_seconds_bucket{le="15",activity="reserveStock"} 0');
  expect(text).toContain('sagaline_event_first_effect_age_seconds_bucket{le="60",activity="reserveStock"} 1');
});

test('calls of a provider are measured by status, those without an answer too; calls of others are not', async () => {
  const server = createServer((request, response) => {
    if (request.url === '/pay/hang-up') request.socket.destroy();
    else response.writeHead(request.url === '/pay/ok' ? 200 : 503).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const base = `http://127.0.0.1:${port}`;
  const registry = new Registry();
  const end = providerMetrics(registry, { 'payment-provider': `${base}/pay` });
  try {
    for (const path of ['/pay/ok', '/pay/ok', '/pay/down', '/elsewhere'])
      await (await fetch(base + path)).text();
    await fetch(`${base}/pay/hang-up`, { method: 'POST' }).catch(() => undefined);
  } finally {
    end();
    server.closeAllConnections();
    server.close();
  }
  const counts = (await registry.metrics()).split('\n').filter((line) => line.includes('_count'));
  expect(counts).toEqual(
    ['GET",status="200"} 2', 'GET",status="503"} 1', 'POST",status="none"} 1'].map(
      (rest) => `sagaline_provider_call_duration_seconds_count{provider="payment-provider",method="${rest}`,
    ),
  );
});
