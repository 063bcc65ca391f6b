// The drill's verdict, by which CI goes: an incident that nobody was told of, or that nothing has mended, fails it.
import type { Measured } from '../../../drill/incident';
import { held, report } from '../../../drill/report';

const SECONDS = { seconds: 3 };
const good: Measured = {
  ...{ name: 'stuck', told: { ...SECONDS, words: '1 order' }, console: SECONDS, mended: SECONDS },
  ...{ alert: { ...SECONDS, name: 'SagalineWaitsForPerson', for: '0s' } },
  clicked: { clicks: 4, seconds: 5 },
};
const without = (name: keyof Measured): Measured => ({ ...good, [name]: undefined });

test('an incident that was told and mended holds, also where the console does not mend it', () => {
  expect(held(good)).toBe(true);
  expect(held({ ...good, clicked: 'cannot: a process has to be started' })).toBe(true);
});

test.each(['told', 'alert', 'console', 'mended', 'clicked'] as const)(
  'it does not hold without: %s',
  (name) => {
    expect(held(without(name))).toBe(false);
  },
);

test('the table counts the clicks, or says why there are none, and names what was late', () => {
  const late: Measured = {
    ...good,
    name: 'pool stopped',
    console: { seconds: 31 },
    clicked: 'cannot: it is away',
  };
  const lines = report([good, late]).split('\n');
  expect(lines.find((line) => line.startsWith('stuck'))).toMatch(/ 4 +5\.0$/);
  expect(lines.find((line) => line.startsWith('pool stopped'))).toContain('cannot: it is away');
  expect(lines).toContain('missed: pool stopped');
  expect(report([without('told')])).toContain('missed: stuck');
});
