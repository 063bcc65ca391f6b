import { createRegistry, subscriptionMetrics } from '../../../../src/adapters/prometheus';

test('two subscriptions of one process are counted apart, by outcome and reason', async () => {
  const registry = createRegistry('subscriber');
  const metricsOf = subscriptionMetrics(registry);
  const [one, other] = [metricsOf('one'), metricsOf('other')];
  one.settled('handled', undefined, 0.004);
  one.settled('handled', undefined, 0.2);
  other.settled('dead-letter', 'refused-by-subscription', 0.1);
  other.held('handler-failed');
  const lines = (await registry.metrics()).split('\n');
  const valueOf = (name: string, ...labels: string[]) =>
    lines
      .filter((line) => line.startsWith(`${name}{`) && labels.every((label) => line.includes(label)))
      .map((line) => line.split(' ').at(-1));
  const settled = 'sagaline_subscription_event_duration_seconds_count';
  expect(valueOf(settled, 'subscription="one"', 'outcome="handled"')).toEqual(['2']);
  expect(valueOf(settled, 'subscription="other"', 'reason="refused-by-subscription"')).toEqual(['1']);
  expect(valueOf(settled)).toHaveLength(2);
  expect(
    valueOf('sagaline_subscription_held_total', 'subscription="other"', 'cause="handler-failed"'),
  ).toEqual(['1']);
});
