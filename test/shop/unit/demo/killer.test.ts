import { planKills } from '../../../../demo/killer';
import { seededRandom } from '../../../../src/dev/random';

const ROLES = ['bridge', 'gateway', 'relay', 'worker:orders'];

describe('a plan of kills', () => {
  test('has each role once in each round, in the order of time', () => {
    const plan = planKills(seededRandom(7), ROLES, 2);
    expect(
      plan
        .slice(0, 4)
        .map(({ role }) => role)
        .sort(),
    ).toEqual(ROLES);
    expect(
      plan
        .slice(4)
        .map(({ role }) => role)
        .sort(),
    ).toEqual(ROLES);
    const times = plan.map(({ afterMs }) => afterMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times[0]).toBeGreaterThan(0);
  });

  test('is the same for the same seed, and another one for another', () => {
    expect(planKills(seededRandom(7), ROLES, 2)).toEqual(planKills(seededRandom(7), ROLES, 2));
    expect(planKills(seededRandom(8), ROLES, 2)).not.toEqual(planKills(seededRandom(7), ROLES, 2));
  });
});
