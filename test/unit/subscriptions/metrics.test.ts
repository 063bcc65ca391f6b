import { createRegistry, subscriptionMetrics } from '../../../src/adapters/prometheus';

test('two subscriptions of one process are counted apart, by outcome and reason', async () => {
  const registry = createRegistry('subscriber');
  const metricsOf = subscriptionMetrics(registry);
  const [one, other] = [metricsOf('one'), metricsOf('other')];
  one.settled('handled', undefined, 0.004);
  one.settled('handled', undefined, 0.2);
  other.settled('dead-letter', 'refused-by-subscription', 0.1);
  other.held('handler-failed');
  const text = await registry.metrics();
  const counted = (line: string) => text.split('\n').find((each) => each.startsWith(line));
  const name = 'sagaline_subscription_event_duration_seconds_count';
  expect(counted(`${name}{subscription="one",outcome="handled",reason=""`)).toMatch(/ 2$/);
  expect(
    counted(`${name}{subscription="other",outcome="dead-letter",reason="refused-by-subscription"`),
  ).toMatch(/ 1$/);
  expect(counted('sagaline_subscription_held_total{subscription="other",cause="handler-failed"')).toMatch(
    / 1$/,
  );
});
